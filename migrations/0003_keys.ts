import { sql, type Kysely } from 'kysely';

/**
 * The delivery service: one MLS group at a time per room, its log, who stands in it, and who knocks.
 * What members say to each other is opaque here, so it is stored as it came: compressing
 * ciphertext would only cost time.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`create table mls_group (
    id text primary key,
    room text not null,
    account text not null unique references account (id),
    epoch bigint not null,
    seq bigint not null,
    ready_epoch bigint not null,
    hosts text[] not null,
    size_bytes bigint not null,
    created_at timestamptz not null,
    ended_at timestamptz
  )`.execute(db);
  await sql`create unique index mls_group_live on mls_group (room) where ended_at is null`.execute(
    db,
  );
  await sql`create index mls_group_room on mls_group (room)`.execute(db);
  await sql`create table mls_entry (
    mls_group text not null references mls_group (id) on delete cascade,
    seq bigint not null,
    kind text not null,
    epoch bigint not null,
    sender text,
    digest bytea,
    msg bytea not null,
    size_bytes integer not null,
    of_seq bigint,
    undo jsonb,
    voided boolean not null default false,
    primary key (mls_group, seq)
  )`.execute(db);
  await sql`alter table mls_entry alter column msg set storage external`.execute(db);
  await sql`create unique index mls_entry_epoch on mls_entry (mls_group, epoch)
    where kind in ('commit', 'resync') and not voided`.execute(db);
  await sql`create unique index mls_entry_digest on mls_entry (mls_group, sender, digest)`.execute(
    db,
  );
  await sql`create table mls_leaf (
    mls_group text not null references mls_group (id) on delete cascade,
    id text not null,
    joined_epoch bigint not null,
    named boolean not null,
    adrift boolean not null,
    lost_at timestamptz,
    primary key (mls_group, id)
  )`.execute(db);
  await sql`create table mls_info (
    mls_group text not null references mls_group (id) on delete cascade,
    epoch bigint not null,
    info bytea not null,
    primary key (mls_group, epoch)
  )`.execute(db);
  await sql`alter table mls_info alter column info set storage external`.execute(db);
  await makeKnocks(db);
}

async function makeKnocks(db: Kysely<never>): Promise<void> {
  await sql`create table mls_knock (
    id text primary key,
    room text not null,
    leaf text not null,
    account text not null unique references account (id),
    link integer not null,
    digest bytea not null,
    kp bytea not null,
    name bytea not null,
    mac bytea not null,
    admit bytea,
    knocked_at timestamptz not null,
    released boolean not null,
    answer text,
    answered_at timestamptz,
    mls_group text,
    epoch bigint,
    seq bigint,
    welcome bytea
  )`.execute(db);
  await sql`create unique index mls_knock_waiting on mls_knock (room, leaf) where answer is null`.execute(
    db,
  );
  await sql`create index mls_knock_room on mls_knock (room, leaf)`.execute(db);
}
