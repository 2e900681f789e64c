import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { answerKnocks } from './answer.ts';
import type { Undo } from './commit.ts';
import { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { append } from './log.ts';
import { part } from './part.ts';
import { permit, rulesOf } from './permit.ts';
import { isHost, requireLeaf } from './standing.ts';
import { lockGroup, saveGroup, toBytes, type Group } from './store.ts';

type Calls = typeof keys.calls;
interface Closing {
  readonly seq: number;
  readonly epoch: number;
  readonly sender: string | null;
  readonly undo: Undo | null;
}

/**
 * A member says that the last commit cannot be applied. A proven host, or more than half of the
 * connected leaves, void it: the epoch is open again and its sender out of sync.
 * @throws CallerError `keys.too-late` when another epoch was closed on top of it
 */
export async function refuse(
  ctx: Ctx,
  input: Input<Calls['refuse']>,
  desk: Desk,
): Promise<Output<Calls['refuse']>> {
  const session = desk.sessions.find(input.pass, 'signal');
  // The meeting before its group, as whoever ends it locks them: a void may set the link.
  await desk.meetings.hold(ctx, session.room);
  const group = await lockGroup(ctx, session.room, input.group);
  await requireLeaf(ctx, group, session);
  const closing = await ctx.tx
    .selectFrom('mls_entry')
    .select(['seq', 'epoch', 'sender', 'undo', 'voided', 'kind'])
    .where('mls_group', '=', group.id)
    .where('seq', '=', input.seq)
    .where('kind', 'in', ['commit', 'resync'])
    .executeTakeFirst();
  if (closing?.voided) return { voided: true };
  if (closing?.epoch !== group.epoch - 1)
    throw new CallerError('keys.too-late', 'This is not the last commit.', 409);
  const against = desk.votes.add(group.id, 'refuse', closing.seq, session.id);
  const members = desk.sessions.members(group.room, group.id);
  const refusing = members.filter((id) => against.has(id)).length;
  if (!isHost(session, group) && refusing * 2 <= members.length) return { voided: false };
  await voidCommit(ctx, desk, group, { ...closing, undo: closing.undo as Undo | null });
  return { voided: true };
}

/** Opens the epoch again. The log only grows: the void is an entry of its own. */
async function voidCommit(ctx: Ctx, desk: Desk, group: Group, closing: Closing): Promise<void> {
  const { seq, epoch, sender, undo } = closing;
  await ctx.tx
    .updateTable('mls_entry')
    .set({ voided: true })
    .where('mls_group', '=', group.id)
    .where('seq', '=', seq)
    .execute();
  await ctx.tx
    .deleteFrom('mls_info')
    .where('mls_group', '=', group.id)
    .where('epoch', '=', epoch + 1)
    .execute();
  await ctx.tx
    .updateTable('mls_leaf')
    .set({ adrift: true })
    .where('mls_group', '=', group.id)
    .where('id', '=', sender)
    .execute();
  group.epoch = epoch;
  group.ready_epoch = -1;
  // The next epoch of this number is another one: who was ready for the voided one is not for it.
  desk.votes.forget(group.id);
  await append(ctx, group, { kind: 'void', epoch, msg: Buffer.alloc(0), of: seq });
  const joined = await ctx.tx
    .selectFrom('mls_leaf')
    .select('id')
    .where('mls_group', '=', group.id)
    .where('joined_epoch', '=', epoch + 1)
    .execute();
  await part(ctx, desk, group, joined);
  if (undo) await revert(ctx, desk, group, undo);
  await saveGroup(ctx, group);
}

async function revert(
  ctx: Ctx,
  desk: Desk,
  group: Group,
  { hosts, open, guests, stage, welcomed, parted, named, door }: Undo,
): Promise<void> {
  const voided = rulesOf(group);
  group.hosts = [...hosts];
  group.open = open;
  group.guests = [...guests];
  group.stage = [...stage];
  await permit(ctx, desk, group, voided);
  if (door) {
    const { link, hash } = door;
    await desk.meetings.relink(ctx, group.room, { link, hash: toBytes(hash) });
  }
  if (named.length > 0)
    await ctx.tx
      .updateTable('mls_leaf')
      .set({ named: false })
      .where('mls_group', '=', group.id)
      .where('id', 'in', named)
      .execute();
  await restore(ctx, desk, group, parted);
  if (welcomed.length === 0) return;
  const knocks = await ctx.tx
    .updateTable('mls_knock')
    .set({ welcome: null })
    .where('id', 'in', welcomed)
    .returningAll()
    .execute();
  await answerKnocks(ctx, desk, knocks, 'void', group);
}

/** The leaves that a voided commit removed are leaves again. */
async function restore(
  ctx: Ctx,
  { sessions }: Desk,
  { id: group, room, account }: Group,
  parted: Undo['parted'],
): Promise<void> {
  const lost: string[] = [];
  for (const { id, joined_epoch } of parted) {
    const here = sessions.of(room, id);
    if (here.length === 0) lost.push(id);
    const lost_at = here.length === 0 ? ctx.now : null;
    await ctx.tx
      .insertInto('mls_leaf')
      .values({ mls_group: group, id, joined_epoch, named: false, adrift: false, lost_at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    ctx.after(() => here.forEach((session) => (session.member = group)));
  }
  if (lost.length > 0) await ctx.publish(keys, 'lost', account, { ids: lost });
}
