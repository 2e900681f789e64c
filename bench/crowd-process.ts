import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

export interface Crowd {
  /** Resolves once this many events arrived in all. Ask before they can. */
  until(events: number): Promise<void>;
  leave(): Promise<void>;
}

/** Starts `count` connections to `url` elsewhere and waits until all are open and answered. */
export async function gatherCrowd(url: string, count: number, hello = ''): Promise<Crowd> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'crowd.ts'), url, String(count), hello],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const waiting = new Set<(seen: number) => void>();
  let setReady: () => void = () => undefined;
  let fail: (cause: Error) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    setReady = resolve;
    fail = reject;
  });
  child.once('exit', (code) => fail(new Error(`the crowd ended with ${String(code)}`)));
  createInterface({ input: child.stdout }).on('line', (text) => {
    const { events, ready: open } = JSON.parse(text) as { events?: number; ready?: number };
    if (open !== undefined) setReady();
    if (events !== undefined) for (const look of waiting) look(events);
  });
  await ready;
  return {
    until: (events) =>
      new Promise((resolve) => {
        const look = (seen: number): void => {
          if (seen < events) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
      }),
    async leave() {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      await gone;
    },
  };
}
