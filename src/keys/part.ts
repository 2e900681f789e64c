import type { Ctx } from '../app/server.ts';
import { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import type { Group } from './store.ts';

/**
 * Makes leaves none any more to this server: no more calls as members, no media. Their
 * connections follow the group a moment longer, so that they hear why.
 */
export async function part(
  ctx: Ctx,
  desk: Desk,
  group: Group,
  leaves: readonly { readonly id: string }[],
): Promise<void> {
  if (leaves.length === 0) return;
  const ids = leaves.map(({ id }) => id);
  await ctx.tx
    .deleteFrom('mls_leaf')
    .where('mls_group', '=', group.id)
    .where('id', 'in', ids)
    .execute();
  await ctx.publish(keys, 'parted', group.account, { ids });
  ctx.after(async () => {
    await Promise.all(ids.map((id) => expel(desk, group, id)));
  });
}

/** Ends the media of a leaf that is none any more, and soon its following. */
export async function expel(desk: Desk, group: Group, id: string): Promise<void> {
  dismiss(desk, group, id);
  await desk.media.close(group.room, id);
}

/** Ends the following of a leaf that is none any more, a moment from now. */
export function dismiss(desk: Desk, { id: group, room, account }: Group, id: string): void {
  const { sessions, agenda, pace } = desk;
  for (const session of sessions.of(room, id)) {
    if (session.member !== group) continue;
    session.member = undefined;
    agenda.set(`parting ${session.pass}`, pace.parting_ms, async () => {
      if (session.member !== group) session.line.leave(account);
    });
  }
}
