import { execFile } from 'node:child_process';
import type { Stats } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { OperatorError } from '../error.ts';
import { codeOf } from './errno.ts';

/** How a server is asked to end: at once for its clients, then without a checkpoint, then by force. */
export const endings: readonly { readonly signal: NodeJS.Signals; readonly wait_ms: number }[] = [
  { signal: 'SIGINT', wait_ms: 2000 },
  { signal: 'SIGQUIT', wait_ms: 600 },
  { signal: 'SIGKILL', wait_ms: 300 },
];
const look_ms = 15;

/**
 * Ends the PostgreSQL that a server left behind when it was killed, and removes its pid file. A
 * pid file whose process is not this database is removed too: after a crash the number often
 * belongs to somebody else, most of all in containers, and PostgreSQL would refuse to start.
 * (Its check of the shared memory still keeps two servers off one directory.)
 * @param data the data directory; the caller holds the lock of the data folder
 * @returns the process that was ended, undefined when there was none
 * @throws OperatorError when the process does not end
 */
export async function endOrphan(data: string): Promise<number | undefined> {
  const file = join(data, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const pid = Number.parseInt(text, 10);
  const alive = pid > 1 && (await serves(pid, data));
  if (alive) await end(pid, data);
  await endStragglers(data);
  await rm(file, { force: true });
  return alive ? pid : undefined;
}

/**
 * Backends outlive a postmaster that was killed until they next look up from their query, and hold
 * the shared memory until then. (Only on Linux; elsewhere the start is tried until they are gone.)
 */
async function endStragglers(data: string): Promise<void> {
  const there = await stat(data).catch(() => undefined);
  for (const name of await readdir('/proc').catch(() => [])) {
    const pid = Number(name);
    if (Number.isNaN(pid) || !(await standsIn(pid, there))) continue;
    const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!title.startsWith('postgres:')) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

async function end(pid: number, data: string): Promise<void> {
  for (const { signal, wait_ms } of endings) {
    try {
      process.kill(pid, signal);
    } catch (cause) {
      if (codeOf(cause) === 'ESRCH') return;
      throw new OperatorError(
        `A PostgreSQL of an earlier start still runs as process ${pid} and cannot be stopped by this user.`,
        { cause },
      );
    }
    for (let waited_ms = 0; waited_ms < wait_ms; waited_ms += look_ms) {
      await delay(look_ms);
      if (!(await serves(pid, data))) return;
    }
  }
  throw new OperatorError(
    `A PostgreSQL of an earlier start still runs as process ${pid} and does not stop.`,
  );
}

/** Whether the process is a live PostgreSQL on this data directory. A zombie is not. */
async function serves(pid: number, data: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    const args = ['-ww', '-o', 'command=', '-p', String(pid)];
    const found = await promisify(execFile)('/bin/ps', args).catch(() => ({ stdout: '' }));
    return found.stdout.includes('postgres') && found.stdout.includes(data);
  }
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  if (basename(words[0] ?? '') !== 'postgres') return false;
  if (words[words.indexOf('-D') + 1] === data) return true;
  // The folder may have been moved since: the process still stands in it.
  return standsIn(pid, await stat(data).catch(() => undefined));
}

async function standsIn(pid: number, folder: Stats | undefined): Promise<boolean> {
  const here = await stat(`/proc/${pid}/cwd`).catch(() => undefined);
  return here !== undefined && here.ino === folder?.ino && here.dev === folder.dev;
}
