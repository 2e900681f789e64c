import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { answerKnocks, lockWaiting } from './answer.ts';
import { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { noMeeting } from './hello.ts';
import { dismiss, expel } from './part.ts';
import { lockLive, toBytes, type Group } from './store.ts';

type Calls = typeof keys.calls;

/**
 * Ends a group: its log, its events and its leaves are deleted, its followers told. Knocks wait
 * for the next group.
 * @param media whether the connections of its leaves are ended one by one, or with their room,
 *   which is the caller's to end
 */
export async function endGroup(
  ctx: Ctx,
  desk: Desk,
  group: Group,
  media: 'seats' | 'room' = 'seats',
): Promise<void> {
  const { id, room, account } = group;
  const leaves = await ctx.tx
    .deleteFrom('mls_leaf')
    .where('mls_group', '=', id)
    .returning('id')
    .execute();
  await ctx.tx.deleteFrom('mls_entry').where('mls_group', '=', id).execute();
  await ctx.tx.deleteFrom('mls_info').where('mls_group', '=', id).execute();
  await ctx.tx.updateTable('mls_group').set({ ended_at: ctx.now }).where('id', '=', id).execute();
  await ctx.tx.deleteFrom('event').where('account', '=', account).execute();
  await ctx.publish(keys, 'ended', account, {});
  const welcomed = await ctx.tx
    .updateTable('mls_knock')
    .set({ welcome: null })
    .where('mls_group', '=', id)
    .where('welcome', 'is not', null)
    .returningAll()
    .execute();
  await answerKnocks(ctx, desk, welcomed, 'void', undefined);
  await ctx.tx
    .updateTable('mls_knock')
    .set({ released: false })
    .where('room', '=', room)
    .where('answer', 'is', null)
    .execute();
  ctx.after(async () => {
    if (media === 'seats') await Promise.all(leaves.map((leaf) => expel(desk, group, leaf.id)));
    else for (const leaf of leaves) dismiss(desk, group, leaf.id);
  });
  ctx.after(() => {
    desk.votes.forget(id);
    desk.tendLater(room, desk.pace.answer_kept_ms);
  });
}

/**
 * For the meetings: this one has ended, and everything of it here does too. Its room at the media
 * engine is theirs to end.
 */
export async function endRoom(ctx: Ctx, desk: Desk, room: string): Promise<void> {
  const group = await lockLive(ctx, room);
  if (group) await endGroup(ctx, desk, group, 'room');
  await answerKnocks(ctx, desk, await lockWaiting(ctx, room), 'ended', undefined);
}

/** For the meetings: these rooms are forgotten. What `endRoom` left is deleted. */
export async function forgetRooms(ctx: Ctx, rooms: readonly string[]): Promise<void> {
  if (rooms.length === 0) return;
  const knocks = await ctx.tx
    .deleteFrom('mls_knock')
    .where('room', 'in', rooms)
    .returning('account')
    .execute();
  const groups = await ctx.tx
    .deleteFrom('mls_group')
    .where('room', 'in', rooms)
    .returning('account')
    .execute();
  const accounts = [...knocks, ...groups].map(({ account }) => account);
  if (accounts.length > 0) await ctx.tx.deleteFrom('account').where('id', 'in', accounts).execute();
}

/**
 * The root key ends the group and sets link and door: the way back for its holder, when a co-host
 * changed the link and put them out.
 * @throws CallerError `keys.not-root`, `keys.no-meeting`, `keys.bad-link`
 */
export async function reset(
  ctx: Ctx,
  input: Input<Calls['reset']>,
  desk: Desk,
): Promise<Output<Calls['reset']>> {
  const session = desk.sessions.find(input.pass, 'signal');
  const { room } = session;
  if (!session.root) throw new CallerError('keys.not-root', 'Only the root key may.', 403);
  const { link, hash } = input.door;
  const meeting = await desk.meetings.hold(ctx, room);
  if (!meeting) throw noMeeting();
  if (link <= meeting.link)
    throw new CallerError('keys.bad-link', 'The link needs a higher version.', 409);
  const group = await lockLive(ctx, room);
  if (group) await endGroup(ctx, desk, group);
  await desk.meetings.relink(ctx, room, { link, hash: toBytes(hash) });
  await answerKnocks(ctx, desk, await lockWaiting(ctx, room), 'relinked', undefined);
  return {};
}
