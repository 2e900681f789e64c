import { sql, type Kysely } from 'kysely';

/** What guests of a group may send to the media engine. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table mls_group
    add column guests text[] not null default '{mic,cam,share}'`.execute(db);
}
