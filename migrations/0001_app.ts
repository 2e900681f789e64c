import { sql, type Kysely } from 'kysely';

/** Accounts with one ordered sequence each, and the events recorded under it. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`create table account (
    id text primary key,
    seq bigint not null default 0
  )`.execute(db);
  await sql`create table event (
    account text not null references account (id) on delete cascade,
    seq bigint not null,
    name text not null,
    data jsonb not null,
    at timestamptz not null,
    primary key (account, seq)
  )`.execute(db);
  await sql`create index event_at on event (at)`.execute(db);
}
