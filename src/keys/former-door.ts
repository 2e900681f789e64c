/**
 * The door before the last one. A member whose line was down while the link changed knows no other,
 * and hears of the new link in the group's log alone: it opens the way back there, for leaves.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Ctx } from '../app/server.ts';
import { toBytes } from './store.ts';

/** Whether this is the door of the room's live group before its link changed to `link`. */
export async function isFormerDoor(
  ctx: Ctx,
  room: string,
  door: string,
  link: number,
): Promise<boolean> {
  const { rows } = await sql<{ link: number; hash: string }>`
    select (undo->'door'->>'link')::int as link, undo->'door'->>'hash' as hash
    from mls_entry join mls_group on mls_group.id = mls_entry.mls_group
    where room = ${room} and ended_at is null and not voided and undo->'door' <> 'null'
    order by mls_entry.seq desc limit 1`.execute(ctx.tx);
  const [former] = rows;
  if (former?.link !== link - 1) return false;
  const shown = createHash('sha256').update(toBytes(door)).digest();
  return timingSafeEqual(shown, toBytes(former.hash));
}
