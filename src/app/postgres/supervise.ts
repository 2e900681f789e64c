import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperatorError } from '../error.ts';
import type { Log } from '../log.ts';
import type { Folders } from './folders.ts';
import type { Programs } from './locate.ts';
import { endings, endOrphan } from './orphan.ts';
import { followOutput, type Output } from './output.ts';
import { launchAs, type Owner, program_env } from './owner.ts';
import { answers } from './connect.ts';
import { listSettings } from './settings.ts';

/** A PostgreSQL that is kept running. */
export interface Supervised {
  /** The postmaster's process number while it runs. */
  pid(): number | undefined;
  /** Why it is down, in its own words; undefined while it is up. */
  trouble(): string | undefined;
  /** Ends it within 3 s. Safe to call twice. */
  stop(): Promise<void>;
}

export interface Recipe {
  readonly folders: Folders;
  readonly programs: Programs;
  readonly owner: Owner | undefined;
  /** From `findLeash`. */
  readonly leash: readonly string[];
  readonly durable: boolean;
  readonly log: Log;
}

interface Running {
  readonly child: ChildProcess;
  readonly output: Output;
  /** Resolves with how it ended. Its backends may hold its output open longer. */
  readonly ended: Promise<string>;
  /** Resolves when all it wrote has been read. */
  readonly closed: Promise<unknown>;
}

const poll_ms = 15;
/** Waits between attempts to bring it back; the last one repeats. */
const retries_ms = [0, 100, 250, 500, 1000, 2000, 5000];
/** After kill -9 the old server's children need a moment to notice and let go of its memory. */
const still_held = /shared memory block .* still in use|lock file .* already exists/;

/**
 * Starts PostgreSQL, resolves once it answers, and starts it again at once whenever it dies.
 * @throws OperatorError with its last words when it does not come up, or the signal's reason
 */
export async function supervise(recipe: Recipe, signal: AbortSignal): Promise<Supervised> {
  const { log } = recipe;
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  let running: Running | undefined = await launch(recipe, either);
  let trouble: string | undefined;

  const keepRunning = async (): Promise<void> => {
    for (let attempt = 0; !stopping.signal.aborted;) {
      if (running) {
        const how = await running.ended;
        if (stopping.signal.aborted) return;
        trouble = `PostgreSQL ended (${how})`;
        running = undefined;
        attempt = 0;
        log.error({ how }, 'PostgreSQL ended unexpectedly; starting it again');
      }
      await delay(retries_ms[Math.min(attempt, retries_ms.length - 1)], undefined, {
        signal: stopping.signal,
      }).catch(() => undefined);
      attempt += 1;
      try {
        await endOrphan(recipe.folders.data);
        running = await launch(recipe, stopping.signal);
        trouble = undefined;
        log.info('PostgreSQL is back');
      } catch (cause) {
        if (stopping.signal.aborted) return;
        trouble = cause instanceof Error ? cause.message : String(cause);
        log.error({ err: cause }, 'PostgreSQL does not start; trying again');
      }
    }
  };
  const kept = keepRunning();

  return {
    pid: () => running?.child.pid,
    trouble: () => trouble,
    stop: async () => {
      stopping.abort();
      if (running) await end(running);
      await kept;
    },
  };
}

async function launch(recipe: Recipe, signal: AbortSignal): Promise<Running> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    const running = run(recipe);
    try {
      await ready(running, recipe.folders.socket, signal);
      return running;
    } catch (cause) {
      await end(running);
      signal.throwIfAborted();
      if (!still_held.test(running.output.tail()) || attempt >= 50) throw cause;
      await delay(100);
    }
  }
}

function run({ folders, programs, owner, leash, durable, log }: Recipe): Running {
  const [program = '', ...args] = [
    ...leash,
    join(programs.bin, 'postgres'),
    '-D',
    folders.data,
    ...listSettings(folders, programs, durable),
  ];
  const { file, args: words, options } = launchAs(owner, program, args);
  const child = spawn(file, words, {
    ...options,
    cwd: folders.data,
    env: program_env,
    // A session of its own: Ctrl-C in the terminal reaches us alone, and we end it last.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const output = followOutput(child.stderr, log);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, by) => resolve(by ?? `status ${code}`));
    child.on('error', (cause) => resolve(cause.message));
  });
  return { child, output, ended, closed: once(child, 'close').catch(() => undefined) };
}

/** Resolves once the server takes connections. Recovery after a crash may take a while: no limit. */
async function ready(running: Running, socket: string, signal: AbortSignal): Promise<void> {
  let how: string | undefined;
  void running.ended.then((text) => (how = text));
  for (;;) {
    if (await answers(socket)) return;
    signal.throwIfAborted();
    if (how !== undefined) {
      await within(running.closed, 500);
      throw new OperatorError(`PostgreSQL does not start: ${running.output.tail() || how}`);
    }
    await delay(poll_ms);
  }
}

async function end({ child, ended }: Running): Promise<void> {
  for (const { signal, wait_ms } of endings) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) break;
    child.kill(signal);
    await within(ended, wait_ms);
  }
  if (child.pid !== undefined) await ended;
}

async function within(event: Promise<unknown>, wait_ms: number): Promise<void> {
  const limit = new AbortController();
  const timer = delay(wait_ms, undefined, { signal: limit.signal }).catch(() => undefined);
  await Promise.race([event, timer]);
  limit.abort();
}
