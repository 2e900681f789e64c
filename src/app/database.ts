import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import { Migrator, type Migration, type MigrationProvider } from 'kysely/migration';
import pg from 'pg';
import type { Log } from './log.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;

/** Statements longer than this are ended by the server; no call waits for ever. */
const statement_timeout_ms = 10_000;
const connect_timeout_ms = 3_000;
const connections_max = 12;

/**
 * int8 arrives as text. Every int8 of ours is a count or a sequence, which stays far below 2^53;
 * a value above is refused rather than rounded.
 */
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('int8 beyond the safe integers');
  return value;
});

/**
 * Gives each parametrised statement a stable name, so that a connection parses and plans it once
 * (stack design §3: 7.4 k rows/s against 4.4 k). Names are hashes: at most 63 bytes are allowed.
 */
class NamingClient extends pg.Client {
  readonly #names = new Map<string, string>();

  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Between two queries of a transaction nobody else listens, neither the pool nor a query: a
    // connection lost just then would end the process. The next query fails and says so.
    this.on('error', () => undefined);
  }

  // The driver's overloads are many; kysely calls only this form.
  override query(...args: unknown[]): never {
    const [text, values] = args;
    if (typeof text === 'string' && Array.isArray(values) && values.length > 0) {
      const query: pg.QueryConfig = { name: this.#nameOf(text), text, values };
      return super.query(query, ...(args.slice(2) as [])) as never;
    }
    return super.query(...(args as [string])) as never;
  }

  #nameOf(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = createHash('sha256').update(text).digest('base64url');
      this.#names.set(text, name);
    }
    return name;
  }
}

/** Opens the pool. Connections are made on demand; a lost one is replaced by the next query. */
export function openDatabase(connection: pg.PoolConfig, log: Log): Database {
  const pool = new pg.Pool({
    ...connection,
    max: connections_max,
    connectionTimeoutMillis: connect_timeout_ms,
    statement_timeout: statement_timeout_ms,
    idle_in_transaction_session_timeout: statement_timeout_ms,
    application_name: 'conclave',
    Client: NamingClient,
  });
  // Without a listener, an idle connection lost with the server would end the process.
  pool.on('error', (err) => {
    if (!pool.ending) log.warn({ err }, 'an idle database connection was lost');
  });
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Migrations of `folder`, by file name. Forward only: there is no `down`. */
class Files implements MigrationProvider {
  readonly #folder: string;
  constructor(folder: string) {
    this.#folder = folder;
  }
  async getMigrations(): Promise<Record<string, Migration>> {
    const names = (await readdir(this.#folder)).filter((name) => /^\d{4}_\w+\.ts$/.test(name));
    const migrations: Record<string, Migration> = {};
    for (const name of names.toSorted()) {
      const url = pathToFileURL(join(this.#folder, name)).href;
      migrations[name.slice(0, -3)] = (await import(url)) as Migration;
    }
    return migrations;
  }
}

/**
 * Brings the schema up to date. Takes a lock: of several servers started at once on one database,
 * one migrates and the others wait.
 * @throws what the failing migration threw; the ones before it stay done.
 */
export async function migrate(db: Database, folder: string, log: Log): Promise<void> {
  const migrator = new Migrator({ db, provider: new Files(folder) });
  const { error, results = [] } = await migrator.migrateToLatest();
  for (const { migrationName, status } of results) log.info({ migrationName, status }, 'migration');
  if (error !== undefined) throw error;
}

/** SQLSTATE classes and codes that say the server is away, restarting, or out of room. */
const away = new Set(['57P01', '57P02', '57P03', '53100', '53200', '53300', '25006']);
const broken_socket = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);

/** Whether `cause` means that PostgreSQL cannot serve just now, so that trying later may help. */
export function isAway(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code = 'code' in cause ? String(cause.code) : '';
  if (away.has(code) || code.startsWith('08') || broken_socket.has(code)) return true;
  return /Connection terminated|timeout exceeded when trying to connect|not queryable/.test(
    cause.message,
  );
}

/** Whether the same transaction may succeed when run again (serialization failure, deadlock). */
export function isConflict(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  return cause.code === '40001' || cause.code === '40P01';
}

/** One round trip, for `/healthz`. */
export async function ping(db: Database): Promise<void> {
  await sql`select 1`.execute(db);
}
