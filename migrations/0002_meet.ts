import { sql, type Kysely } from 'kysely';

/** Meetings, and the seats taken in them. Of a link the server knows the hash of its door only. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`create table meeting (
    id text primary key,
    account text not null unique references account (id),
    root bytea not null check (length(root) = 32),
    link integer not null,
    door_hash bytea not null check (length(door_hash) = 32),
    people_max integer not null,
    created_at timestamptz not null,
    vacant_since timestamptz,
    ended_at timestamptz
  )`.execute(db);
  await sql`create index meeting_vacant on meeting (vacant_since) where vacant_since is not null`.execute(
    db,
  );
  await sql`create table seat (
    meeting text not null references meeting (id) on delete cascade,
    identity text not null,
    joined_at timestamptz not null,
    primary key (meeting, identity)
  )`.execute(db);
}
