import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

export interface Crowd {
  /** Resolves once this many events arrived in all. */
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
  let seen = 0;
  let wake: () => void = () => undefined;
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
    if (events !== undefined) seen = events;
    wake();
  });
  await ready;
  return {
    async until(events) {
      while (seen < events) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async leave() {
      const gone = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      await gone;
    },
  };
}
