import { sql, type Kysely } from 'kysely';

/** Leaves of a group that may send everything though guests may not: those on an event's stage. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table mls_group
    add column stage text[] not null default '{}'`.execute(db);
}
