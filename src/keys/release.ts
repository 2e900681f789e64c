import type { Ctx } from '../app/server.ts';
import { keys, type Knock } from './contract.ts';
import type { Desk } from './desk.ts';
import { welcomes_max } from './limits.ts';
import { lockLive, toKnock } from './store.ts';

/** Knocks in one event stay below this, so that no frame is much larger than a message may be. */
const event_bytes_max = 48 * 1024;

/**
 * Shows at most as many knocks as one commit can add. Without a group they wait for one.
 */
export async function release(ctx: Ctx, desk: Desk, room: string): Promise<void> {
  const group = await lockLive(ctx, room);
  if (!group) return;
  const rows = await ctx.tx
    .selectFrom('mls_knock')
    .selectAll()
    .where('room', '=', room)
    .where('answer', 'is', null)
    .where('released', '=', false)
    .orderBy('knocked_at')
    .orderBy('id')
    .limit(welcomes_max)
    .forUpdate()
    .execute();
  if (rows.length === 0) return;
  const ids = rows.map(({ id }) => id).toSorted();
  // The order in which they are shown is the order in which a newcomer reads them.
  await ctx.tx
    .updateTable('mls_knock')
    .set({ released: true, knocked_at: ctx.now })
    .where('id', 'in', ids)
    .execute();
  const shown = rows.toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id));
  for (const knocks of slice(shown.map(toKnock)))
    await ctx.publish(keys, 'knocked', group.account, { knocks });
  if (rows.length === welcomes_max) ctx.after(() => desk.releaseLater(room));
}

function slice(knocks: readonly Knock[]): Knock[][] {
  const slices: Knock[][] = [];
  let left = 0;
  for (const knock of knocks) {
    const size = JSON.stringify(knock).length;
    if (size > left) {
      slices.push([]);
      left = event_bytes_max;
    }
    slices.at(-1)?.push(knock);
    left -= size;
  }
  return slices;
}
