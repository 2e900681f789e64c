import type { Database } from '../app/database.ts';

/** Whether there is a leaf of that id in the room's group. */
export async function isLeaf(db: Database, room: string, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('mls_leaf')
    .innerJoin('mls_group', 'mls_group.id', 'mls_leaf.mls_group')
    .select('mls_leaf.id')
    .where('mls_group.room', '=', room)
    .where('mls_group.ended_at', 'is', null)
    .where('mls_leaf.id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
