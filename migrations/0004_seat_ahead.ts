import { sql, type Kysely } from 'kysely';

/** Who knocks where all may come in connects to the media engine while the group takes it in. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table mls_group add column open boolean not null default false`.execute(db);
  await sql`alter table mls_knock add column ahead boolean not null default false`.execute(db);
}
