import { Client, type PoolConfig } from 'pg';
import { OperatorError } from '../error.ts';
import { codeOf } from './errno.ts';
import { superuser } from './cluster.ts';
import { socket_port } from './folders.ts';
import { oldest_major } from './locate.ts';

/** The database, and the role that owns it and as which the server works. */
const own_name = 'conclave';
const connect_ms = 2000;

/** Codes of a server that is not there yet: no socket, nobody listening, starting, all seats taken. */
const not_yet = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P03', '53300']);
/** The same for a server across the network, where its name may not be known yet either. */
const not_yet_remote = new Set([...not_yet, 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']);

/**
 * How to reach the supervised database. The role is no superuser: a query of ours that goes wrong
 * can neither read files of the machine nor run programs. `ssl` is set so that no PGSSLMODE of the
 * surroundings asks a socket for TLS.
 */
export function socketConnection(socket: string): PoolConfig {
  return { host: socket, port: socket_port, user: own_name, database: own_name, ssl: false };
}

/** Whether the supervised server takes connections; false while it does not yet. */
export async function answers(socket: string): Promise<boolean> {
  const as_superuser = { ...socketConnection(socket), user: superuser, database: 'postgres' };
  return (await ask(as_superuser, not_yet, async () => true)) ?? false;
}

/** Makes the role and the database where they are missing. Safe to repeat after a crash. */
export async function provision(socket: string): Promise<void> {
  const as_superuser = { ...socketConnection(socket), user: superuser, database: 'postgres' };
  await ask(as_superuser, new Set(), async (client) => {
    const { rows } = await client.query<{ role: boolean; database: boolean }>(
      `select exists (select from pg_roles where rolname = $1) as role,
              exists (select from pg_database where datname = $1) as database`,
      [own_name],
    );
    if (!rows[0]?.role) await client.query(`create role ${own_name} login`);
    if (!rows[0]?.database)
      await client.query(`create database ${own_name} owner ${own_name} strategy file_copy`);
  });
}

/**
 * The version of the operator's own database, such as "16.4".
 * @returns undefined while nothing answers there yet
 * @throws OperatorError when it answers but refuses us or is too old. Never holds the password.
 */
export async function readVersion(database_url: string): Promise<string | undefined> {
  const version = await ask({ connectionString: database_url }, not_yet_remote, async (client) => {
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    );
    return rows[0]?.version;
  }).catch((cause: unknown) => {
    throw new OperatorError(`DATABASE_URL: ${describe(cause)}`);
  });
  if (version !== undefined && Number.parseInt(version, 10) < oldest_major)
    throw new OperatorError(
      `DATABASE_URL leads to PostgreSQL ${version}, and ${oldest_major} or newer is needed.`,
    );
  return version?.split(' ')[0];
}

/** One sentence when the database does not answer a query; undefined when it does. */
export async function findTrouble(config: PoolConfig): Promise<string | undefined> {
  try {
    await ask(config, new Set(), (client) => client.query('select 1'));
    return undefined;
  } catch (cause) {
    return describe(cause);
  }
}

function describe(cause: unknown): string {
  const code = codeOf(cause);
  // Node joins the errors of several addresses into one without a message.
  if (cause instanceof AggregateError) return `the database does not answer (${String(code)})`;
  return cause instanceof Error ? cause.message : String(cause);
}

/** Runs `work` on a connection of its own. Undefined when connecting failed with one of `codes`. */
async function ask<T>(
  config: PoolConfig,
  codes: ReadonlySet<string>,
  work: (client: Client) => Promise<T>,
): Promise<T | undefined> {
  const client = new Client({
    ...config,
    connectionTimeoutMillis: connect_ms,
    query_timeout: connect_ms * 5,
  });
  // A connection lost between queries would otherwise be an uncaught 'error' event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    if (codes.has(codeOf(cause) ?? '')) return undefined;
    throw cause;
  } finally {
    await client.end().catch(() => undefined);
  }
}
