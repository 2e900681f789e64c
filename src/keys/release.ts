import type { Ctx } from '../app/server.ts';
import { keys, type Knock } from './contract.ts';
import type { Desk } from './desk.ts';
import { welcomes_max } from './limits.ts';
import { lockLive, toKnock } from './store.ts';

/** Knocks in one event stay below this, so that no frame is much larger than a message may be. */
const event_bytes_max = 48 * 1024;

/**
 * When the knocks of each room are shown: the first at once, and who follows within `release_ms`
 * together with the others of that time, so that a storm is few commits and nobody alone waits.
 */
export class Releases {
  readonly #release_ms: number;
  readonly #now_ms: () => number;
  /** When a room's knocks were shown last, or will be. */
  readonly #at = new Map<string, number>();

  constructor(release_ms: number, now_ms: () => number) {
    this.#release_ms = release_ms;
    this.#now_ms = now_ms;
  }

  /** Milliseconds until they are to be shown; null where that is planned already. */
  plan(room: string): number | null {
    const now = this.#now_ms();
    for (const [other, at] of this.#at) {
      if (at + this.#release_ms < now) this.#at.delete(other);
    }
    const last = this.#at.get(room);
    if (last !== undefined && last > now) return null;
    const at = last === undefined ? now : Math.max(now, last + this.#release_ms);
    this.#at.set(room, at);
    return at - now;
  }
}

/** Shows a room's knocks to its members, now or as soon as others have had their turn. */
export async function show(ctx: Ctx, desk: Desk, room: string): Promise<void> {
  const wait_ms = desk.releases.plan(room);
  if (wait_ms === 0) await release(ctx, desk, room);
  else if (wait_ms !== null)
    desk.agenda.set(`release ${room}`, wait_ms, (later) => release(later, desk, room));
}

/**
 * Shows at most as many knocks as one commit can add. Without a group they wait for one.
 */
async function release(ctx: Ctx, desk: Desk, room: string): Promise<void> {
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
  if (rows.length === welcomes_max) await show(ctx, desk, room);
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
