import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolConfig } from 'pg';
import { OperatorError } from '../error.ts';
import type { Log } from '../log.ts';
import type { Health, Service } from '../service.ts';
import { makeCluster, readMajor } from './cluster.ts';
import { findTrouble, provision, readVersion, socketConnection } from './connect.ts';
import { type Folders, makeFolders } from './folders.ts';
import { locatePrograms } from './locate.ts';
import { findLeash } from './leash.ts';
import { type Lock, takeLock } from './lock.ts';
import { endOrphan } from './orphan.ts';
import { chooseOwner } from './owner.ts';
import { type Supervised, supervise } from './supervise.ts';

export { superuser } from './cluster.ts';

export interface PostgresOptions {
  /** Absolute. Made when missing; the database lies in its folder `postgres`. */
  readonly data_dir: string;
  /** A PostgreSQL of the operator's: nothing is started then. */
  readonly database_url: string | undefined;
  /** CONCLAVE_PG_BIN. */
  readonly pg_bin: string | undefined;
  readonly log: Log;
  /** False only in tests: nothing is flushed to the disk. True unless given. */
  readonly durable?: boolean;
}

/** The database as a service. `connection`, `description` and `warning` hold after `start`. */
export interface Postgres extends Service {
  /** What to give to a pool. The same after every restart. */
  connection(): PoolConfig;
  health(): Promise<Health>;
  /** One line for the operator: which server and version. */
  readonly description: string;
  /** One sentence for the operator's eyes, at start and on the admin page. */
  readonly warning: string | undefined;
  /** The supervised server's process, for tests that kill it; undefined with DATABASE_URL. */
  readonly pid: number | undefined;
}

/** How long an outside database may take to come up, when everything starts together. */
const outside_wait_ms = 30_000;
const bundled_warning =
  'The PostgreSQL that came with npm is in use. It is good for trying out, but its security fixes come late: install PostgreSQL by the system’s package manager, or set DATABASE_URL, before others depend on this server.';

/**
 * The project's PostgreSQL: a child process on a unix socket inside the data folder, kept running
 * until `stop`, or the one that DATABASE_URL names. Taking the data folder is part of `start`: two
 * servers over one folder would each end the other's database as a leftover.
 * @throws from `start`: OperatorError, one sentence on what to install, set or stop
 */
export function createPostgres(options: PostgresOptions): Postgres {
  const { database_url, log } = options;
  let folders: Folders | undefined;
  let lock: Lock | undefined;
  let running: Started | undefined;

  return {
    name: 'postgres',
    start: async (signal) => {
      folders = await makeFolders(options.data_dir);
      lock = await takeLock(folders.lock, options.data_dir);
      running =
        database_url === undefined
          ? await startOwn(options, folders, signal)
          : await reachOutside(database_url, log, signal);
      if (running.warning !== undefined) log.warn(running.warning);
    },
    stop: async () => {
      await running?.supervised?.stop();
      if (lock && folders?.passing !== undefined)
        await rm(folders.passing, { recursive: true, force: true });
      await lock?.release();
    },
    connection: () => started(running).connection,
    health: async () => {
      const detail =
        running?.supervised?.trouble() ?? (await findTrouble(started(running).connection));
      return detail === undefined ? { ok: true } : { ok: false, detail };
    },
    get description() {
      return started(running).description;
    },
    get warning() {
      return running?.warning;
    },
    get pid() {
      return running?.supervised?.pid();
    },
  };
}

interface Started {
  readonly connection: PoolConfig;
  readonly description: string;
  readonly warning?: string;
  readonly supervised?: Supervised;
}

function started(running: Started | undefined): Started {
  if (!running) throw new Error('the database has not been started');
  return running;
}

async function startOwn(
  options: PostgresOptions,
  folders: Folders,
  signal: AbortSignal,
): Promise<Started> {
  const { log, durable = true } = options;
  const leftover = await endOrphan(folders.data);
  if (leftover !== undefined)
    log.info({ pid: leftover }, 'ended the PostgreSQL of a server that was killed');
  const programs = await locatePrograms(options.pg_bin, await readMajor(folders.data));
  const owner = await chooseOwner(folders, programs.bin);
  signal.throwIfAborted();
  if ((await readMajor(folders.data)) === undefined)
    await makeCluster(folders, programs, owner, durable, log);
  const leash = await findLeash();
  const supervised = await supervise({ folders, programs, owner, leash, durable, log }, signal);
  try {
    await provision(folders.socket);
  } catch (cause) {
    await supervised.stop();
    throw cause;
  }
  const as = owner ? `, as user ${owner.name}` : '';
  return {
    supervised,
    connection: socketConnection(folders.socket),
    description: `PostgreSQL ${programs.version} (${programs.bundled ? 'from npm' : programs.bin}${as})`,
    ...(programs.bundled ? { warning: bundled_warning } : {}),
  };
}

async function reachOutside(database_url: string, log: Log, signal: AbortSignal): Promise<Started> {
  const { host } = new URL(database_url);
  for (let waited_ms = 0; waited_ms < outside_wait_ms; waited_ms += 500) {
    const version = await readVersion(database_url);
    if (version !== undefined)
      return {
        connection: { connectionString: database_url },
        description: `PostgreSQL ${version} at ${host}`,
      };
    if (waited_ms === 0) log.info({ host }, 'waiting for the database');
    await delay(500, undefined, { signal });
  }
  throw new OperatorError(`DATABASE_URL: no PostgreSQL answers at ${host}.`);
}
