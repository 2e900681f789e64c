import { execFile } from 'node:child_process';
import { chown, lchown, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OperatorError } from '../error.ts';
import type { Folders } from './folders.ts';

/** How PostgreSQL's programs are started: as which user, and through what. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  /** `setpriv` and its arguments, where the user alone could not reach the files; else empty. */
  readonly through: readonly string[];
}

/** What `spawn` needs to start `program` as `owner` (undefined: as ourselves). */
export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: { readonly uid?: number; readonly gid?: number };
}

export function launchAs(
  owner: Owner | undefined,
  program: string,
  args: readonly string[],
): Launch {
  if (!owner) return { file: program, args, options: {} };
  const [wrapper, ...wrapped] = owner.through;
  if (wrapper !== undefined)
    return { file: wrapper, args: [...wrapped, program, ...args], options: {} };
  return { file: program, args, options: { uid: owner.uid, gid: owner.gid } };
}

/**
 * PostgreSQL refuses to run as root. Started by root, it runs as whoever owns the data directory
 * already (so one `sudo npm start` changes nobody's files), else as `postgres`, else as `nobody`;
 * the folders are given to that user.
 * @param bin folder of the programs, which that user must be able to run
 * @returns undefined when this process is not root
 * @throws OperatorError when there is no such user, or the files cannot be reached as that user
 */
export async function chooseOwner(folders: Folders, bin: string): Promise<Owner | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  const data = await stat(folders.data).catch(() => undefined);
  const users = await readUsers();
  const keeper = data && data.uid !== 0 ? { uid: data.uid, gid: data.gid } : undefined;
  const named = users.find((user) => user.uid === keeper?.uid)?.name;
  const person = keeper ? { ...keeper, name: named ?? String(keeper.uid) } : pickUser(users);
  if (data) await give(folders.data, person, data.uid !== person.uid);
  await give(folders.socket, person, false);
  const plain = { ...person, through: [] };
  if (await reaches(plain, folders, bin)) return plain;
  const through = await passThrough(person);
  const capable = through && { ...person, through };
  if (capable && (await reaches(capable, folders, bin))) return capable;
  throw new OperatorError(
    `PostgreSQL does not run as root, and the user ${person.name} cannot reach ${folders.base} and ${bin}: move the project out of folders closed to others, or start it as an ordinary user.`,
  );
}

/** Gives a folder, and with `deep` everything below it, to a user. Links are not followed. */
export async function give(
  path: string,
  to: { readonly uid: number; readonly gid: number },
  deep: boolean,
): Promise<void> {
  await chown(path, to.uid, to.gid);
  if (!deep) return;
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  for (const entry of entries) await lchown(join(entry.parentPath, entry.name), to.uid, to.gid);
}

type User = Pick<Owner, 'uid' | 'gid' | 'name'>;

async function readUsers(): Promise<User[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined) return [];
    // macOS writes nobody as -2; the kernel wants it unsigned.
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}

function pickUser(users: readonly User[]): User {
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const user = users.find((candidate) => candidate.name === name && candidate.uid !== 0);
    if (user) return user;
  }
  throw new OperatorError(
    'PostgreSQL does not run as root, and this system has neither a user "postgres" nor "nobody": start the server as an ordinary user.',
  );
}

async function reaches(owner: Owner, folders: Folders, bin: string): Promise<boolean> {
  const script = 'cd "$1" && cd "$2" && exec "$3" -V';
  const parts = ['-c', script, 'sh', folders.base, folders.socket, join(bin, 'postgres')];
  const { file, args, options } = launchAs(owner, '/bin/sh', parts);
  try {
    await promisify(execFile)(file, args, { ...options, cwd: '/', env: program_env });
    return true;
  } catch {
    return false;
  }
}

/** What PostgreSQL's programs see of our environment: nothing of ours, messages in English. */
export const program_env = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * A root shell usually works below /root, which no other user may enter. There PostgreSQL keeps
 * one capability of root's, to pass and read files whatever their mode, and nothing else of it.
 * (Changing the mode of somebody's home is not ours to do.) Containers often withhold
 * CAP_DAC_READ_SEARCH but give CAP_DAC_OVERRIDE, which then serves instead.
 */
async function passThrough(user: User): Promise<string[] | undefined> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const held = BigInt(`0x${/^CapEff:\s*([\da-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const capability = [
    { bit: 2n, name: 'dac_read_search' },
    { bit: 1n, name: 'dac_override' },
  ].find(({ bit }) => (held >> bit) & 1n);
  if (!capability) return undefined;
  const only = `-all,+${capability.name}`;
  return [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    `--inh-caps=${only}`,
    `--ambient-caps=${only}`,
    `--bounding-set=${only}`,
    '--securebits=+no_setuid_fixup',
    '--no-new-privs',
  ];
}
