/**
 * Events: recorded in the transaction of the change, delivered after commit, resumed by cursor.
 *
 * Each account has one ordered sequence. `update account set seq = seq + 1` locks the account's
 * row until commit, so numbers become visible in their order; a bare sequence would not be
 * commit-ordered, and a reader could pass over an event that commits late.
 * After Zulip's send_event_on_commit and atproto's sequencer (architecture design, §2).
 */
import { sql } from 'kysely';
import pg from 'pg';
import type { EventFrame } from './contract.ts';
import { isAway, type Database, type Tx } from './database.ts';
import type { Job } from './jobs.ts';
import type { Log } from './log.ts';
import type { Service } from './service.ts';

const channel = 'conclave_event';
/** Events fetched in one query; a follower that is further behind gets them in several. */
const page_size = 500;
const reconnect_ms = 250;

/** Makes the account's row; its first event will have seq 1. */
export async function openAccount(tx: Tx, account: string): Promise<void> {
  await tx.insertInto('account').values({ id: account }).execute();
}

/** Records one event under its account's next number, in `tx`. Returns the number. */
export async function record(
  tx: Tx,
  account: string,
  name: string,
  data: unknown,
  at: Date,
): Promise<number> {
  const { seq } = await tx
    .updateTable('account')
    .set({ seq: sql<number>`seq + 1` })
    .where('id', '=', account)
    .returning('seq')
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('event')
    .values({ account, seq, name, data: JSON.stringify(data), at })
    .execute();
  // PostgreSQL delivers a notification at commit, and never one of a transaction rolled back.
  await sql`select pg_notify(${channel}, ${account})`.execute(tx);
  return seq;
}

/** Where the account stands within `tx`; with repeatable read, as of the state read beside it. */
export async function position(tx: Tx, account: string): Promise<number> {
  const row = await tx
    .selectFrom('account')
    .select('seq')
    .where('id', '=', account)
    .executeTakeFirstOrThrow();
  return row.seq;
}

/** Whether all events after `cursor` are still kept, so that a reader can resume there. */
export async function canResume(tx: Tx, account: string, cursor: number): Promise<boolean> {
  const seq = await position(tx, account);
  if (cursor === seq) return true;
  if (cursor > seq) return false;
  const next = await tx
    .selectFrom('event')
    .select('seq')
    .where('account', '=', account)
    .where('seq', '=', cursor + 1)
    .executeTakeFirst();
  return next !== undefined;
}

/** Events older than this are forgotten. */
const kept_ms = 24 * 3600 * 1000;

/** Forgets old events, once an hour. */
export function pruneJob(db: Database): Job<unknown> {
  return {
    name: 'app.prune-events',
    payload: { parse: (data) => data },
    cron: '30 * * * *',
    run: async () => void (await prune(db, new Date(Date.now() - kept_ms))),
  };
}

/** Forgets events older than `before`. Readers further behind get the state instead. */
export async function prune(db: Database, before: Date): Promise<number> {
  const result = await db.deleteFrom('event').where('at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** One reader of one account. `take` must not block: a slow reader is its owner's business. */
export interface Reader {
  readonly account: string;
  cursor: number;
  readonly take: (frame: string) => void;
}

/** Wakes readers when events of their account were committed, by this process or another. */
export class Events implements Service {
  readonly name = 'events';
  readonly #db: Database;
  readonly #connection: pg.ClientConfig;
  readonly #log: Log;
  readonly #readers = new Map<string, Set<Reader>>();
  /** Accounts being fetched now; true: notified again meanwhile. */
  readonly #fetching = new Map<string, boolean>();
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;
  delivered = 0;

  constructor(db: Database, connection: pg.ClientConfig, log: Log) {
    this.#db = db;
    this.#connection = connection;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }

  /** Delivers everything after `reader.cursor`, and then whatever comes. Undo with `leave`. */
  follow(reader: Reader): void {
    let readers = this.#readers.get(reader.account);
    if (readers === undefined) this.#readers.set(reader.account, (readers = new Set()));
    readers.add(reader);
    this.#wake(reader.account);
  }

  leave(reader: Reader): void {
    const readers = this.#readers.get(reader.account);
    readers?.delete(reader);
    if (readers?.size === 0) this.#readers.delete(reader.account);
  }

  get accounts(): number {
    return this.#readers.size;
  }

  async #listen(): Promise<void> {
    const client = new pg.Client({ ...this.#connection, application_name: 'conclave events' });
    this.#client = client;
    client.on('notification', ({ payload = '' }) => this.#wake(payload));
    client.on('error', (err) => this.#log.warn({ err }, 'the event listener lost its connection'));
    client.on('end', () => this.#relisten(client));
    await client.connect();
    await client.query(`listen ${channel}`);
    // What was committed while nobody listened: every followed account is looked at once.
    for (const account of this.#readers.keys()) this.#wake(account);
  }

  #relisten(old: pg.Client): void {
    if (this.#stopped || old !== this.#client) return;
    this.#client = undefined;
    this.#retry = setTimeout(() => {
      this.#listen().catch((err: unknown) => {
        if (!isAway(err)) this.#log.error({ err }, 'the event listener cannot connect');
        if (this.#client !== undefined) this.#relisten(this.#client);
      });
    }, reconnect_ms);
  }

  #wake(account: string): void {
    if (!this.#readers.has(account)) return;
    if (this.#fetching.has(account)) {
      this.#fetching.set(account, true);
      return;
    }
    this.#fetching.set(account, false);
    this.#fetch(account)
      .catch((err: unknown) => this.#log.warn({ err, account }, 'events could not be read'))
      .finally(() => {
        const again = this.#fetching.get(account) === true;
        this.#fetching.delete(account);
        if (again) this.#wake(account);
      });
  }

  async #fetch(account: string): Promise<void> {
    for (;;) {
      const readers = [...(this.#readers.get(account) ?? [])];
      if (readers.length === 0 || this.#stopped) return;
      const from = Math.min(...readers.map((reader) => reader.cursor));
      const rows = await this.#db
        .selectFrom('event')
        .select(['seq', 'name', 'data'])
        .where('account', '=', account)
        .where('seq', '>', from)
        .orderBy('seq')
        .limit(page_size)
        .execute();
      for (const { seq, name, data } of rows) {
        const event: EventFrame = { event: name, account, seq, data };
        const frame = JSON.stringify(event);
        for (const reader of readers) {
          if (reader.cursor >= seq) continue;
          reader.cursor = seq;
          reader.take(frame);
          this.delivered += 1;
        }
      }
      if (rows.length < page_size) return;
    }
  }
}
