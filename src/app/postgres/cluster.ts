import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { OperatorError } from '../error.ts';
import type { Log } from '../log.ts';
import { codeOf } from './errno.ts';
import type { Folders } from './folders.ts';
import type { Programs } from './locate.ts';
import { followOutput } from './output.ts';
import { give, launchAs, program_env, type Owner } from './owner.ts';

/** The role `initdb` makes. Only the supervisor and test harnesses use it. */
export const superuser = 'postgres';

/** The major version that made the data directory; undefined when there is none. */
export async function readMajor(data: string): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(join(data, 'PG_VERSION'), 'utf8'), 10);
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT') return undefined;
    throw new OperatorError(`${data} cannot be read (${code ?? String(cause)}).`, { cause });
  }
}

/**
 * Makes the data directory. `initdb` works beside it and the result is renamed into place, so a
 * crash at any moment leaves either nothing or a whole one.
 * @throws OperatorError with the last words of initdb
 */
export async function makeCluster(
  folders: Folders,
  programs: Programs,
  owner: Owner | undefined,
  durable: boolean,
  log: Log,
): Promise<void> {
  await sweep(folders.base);
  const fresh = join(folders.base, `data.${randomBytes(4).toString('hex')}.new`);
  await mkdir(fresh, { mode: 0o700 });
  if (owner) await give(fresh, owner, false);
  const args = [
    '-D',
    fresh,
    '-U',
    superuser,
    '--encoding=UTF8',
    ...localeOptions(programs.major),
    // Whoever may enter the socket's folder is us (or root): no password could keep out more.
    '--auth-local=trust',
    '--auth-host=reject',
    '--data-checksums',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  const launch = launchAs(owner, join(programs.bin, 'initdb'), args);
  const child = spawn(launch.file, launch.args, {
    ...launch.options,
    cwd: fresh,
    env: program_env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.resume();
  const output = followOutput(child.stderr, log);
  const code = await once(child, 'close').then(
    ([status]: unknown[]) => status,
    (cause: unknown) => String(cause),
  );
  if (code !== 0) {
    await rm(fresh, { recursive: true, force: true });
    throw new OperatorError(`The database could not be made: ${output.tail() || String(code)}`);
  }
  await rename(fresh, folders.data);
  await syncFolder(folders.base);
}

/** What a crash during an earlier initdb left. Its initdb, if it still runs, ends by itself. */
async function sweep(base: string): Promise<void> {
  for (const name of await readdir(base))
    if (/^data\.\w+\.new$/.test(name))
      await rm(join(base, name), { recursive: true, force: true }).catch(() => undefined);
}

/**
 * Text is ordered by code point, which no update of glibc or ICU changes under an index; upper and
 * lower case and word boundaries know all of Unicode. From 17 PostgreSQL brings that itself.
 */
function localeOptions(major: number): string[] {
  const ctype = process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
  const shared = ['--locale=C', `--lc-ctype=${ctype}`];
  if (major < 17) return [...shared, '--locale-provider=libc'];
  return [...shared, '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
