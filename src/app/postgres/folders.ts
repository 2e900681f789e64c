import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '../error.ts';
import { codeOf } from './errno.ts';

/** Where the parts of the database lie. All absolute, without symbolic links. */
export interface Folders {
  /** Holds `data` and, while it is being made, `data.<random>.new`. */
  readonly base: string;
  /** The data directory (PGDATA). */
  readonly data: string;
  /** The folder of PostgreSQL's socket. */
  readonly socket: string;
  /** The socket that shows other servers that the data folder is taken. */
  readonly lock: string;
  /** Holds the sockets when their paths below `base` would be too long; goes when we stop. */
  readonly passing: string | undefined;
}

export const socket_port = 5432;
/** A socket's path with its closing NUL fits in `sun_path`: 108 bytes on Linux, 104 on macOS. */
const path_bytes_max = process.platform === 'linux' ? 107 : 103;

/**
 * Makes the folders of the database. As root they are passable for the user PostgreSQL runs as;
 * what lies in them is not readable for anybody else.
 * @throws OperatorError when the data folder cannot be made or the socket's folder is not ours
 */
export async function makeFolders(data_dir: string): Promise<Folders> {
  const root = process.geteuid?.() === 0;
  const mode = root ? 0o711 : 0o700;
  try {
    await mkdir(join(data_dir, 'postgres'), { recursive: true, mode });
    if (root) await openPassage(data_dir);
  } catch (cause) {
    const reason = codeOf(cause) ?? String(cause);
    throw new OperatorError(
      `The data folder ${data_dir} cannot be made (${reason}): set CONCLAVE_DATA to a folder this user may write to.`,
      { cause },
    );
  }
  const { uid } = await stat(join(data_dir, 'postgres'));
  if (!root && uid !== process.geteuid?.())
    throw new OperatorError(
      `${join(data_dir, 'postgres')} belongs to user ${uid}, because the server was started as another user before: start it as that one, or give the data folder to this one with chown -R.`,
    );
  const top = await realpath(data_dir);
  const base = join(top, 'postgres');
  const near = join(base, 'socket');
  const longest = join(near, `.s.PGSQL.${socket_port}`);
  const short = Buffer.byteLength(longest) <= path_bytes_max;
  const passing = short ? undefined : await makeShortFolder(top, mode);
  const sockets = passing ?? base;
  const socket = join(sockets, 'socket');
  await mkdir(socket, { recursive: true, mode: 0o700 });
  return { base, data: join(base, 'data'), socket, lock: join(sockets, 'lock'), passing };
}

/** Root's own data folder is made passable, not readable, where it was made closed. */
async function openPassage(data_dir: string): Promise<void> {
  const { uid, mode } = await stat(data_dir);
  if (uid === 0 && (mode & 0o011) !== 0o011) await chmod(data_dir, (mode & 0o7777) | 0o011);
}

/**
 * A folder whose path is short enough for sockets, found again from the data folder's path. It
 * lies where everybody may write, so one that another user made in advance is refused: whoever
 * owns the folder could put a socket of theirs in place of PostgreSQL's.
 */
async function makeShortFolder(top: string, mode: number): Promise<string> {
  const uid = process.geteuid?.() ?? -1;
  const run = process.platform === 'linux' && uid === 0 ? '/run' : await realpath(tmpdir());
  const hash = createHash('sha256').update(top).digest('hex').slice(0, 16);
  const path = join(run, `conclave-${hash}`);
  await mkdir(path, { mode }).catch((cause: unknown) => {
    if (codeOf(cause) !== 'EEXIST') throw cause;
  });
  const stats = await lstat(path);
  if (stats.isDirectory() && stats.uid === uid && (stats.mode & 0o022) === 0) return path;
  throw new OperatorError(
    `${path} belongs to somebody else: remove it, or set CONCLAVE_DATA to a shorter path.`,
  );
}
