import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { unseat } from './ahead.ts';
import { answerKnocks, lockWaiting } from './answer.ts';
import type { keys } from './contract.ts';
import type { Desk, Door } from './desk.ts';
import { checkPlaces } from './places.ts';
import { append, compare, type Hand } from './log.ts';
import { part } from './part.ts';
import { permit, rulesOf } from './permit.ts';
import type { Session } from './session.ts';
import { isHost, requireHost, type Leaf } from './standing.ts';
import { saveGroup, toBytes, toText, type Group } from './store.ts';

type Calls = typeof keys.calls;
type Commit = Input<Calls['commit']>;

/** What a commit did beside the log, to be undone if it is voided. */
export interface Undo {
  readonly hosts: readonly string[];
  readonly open: boolean;
  readonly guests: readonly string[];
  readonly stage: readonly string[];
  /** Knocks it welcomed. */
  readonly welcomed: readonly string[];
  /** Leaves it made none any more, and the epochs they joined in. */
  readonly parted: readonly { readonly id: string; readonly joined_epoch: number }[];
  /** Leaves it named gone, which were still connected. */
  readonly named: readonly string[];
  /** The link and door (base64url) before it, if it changed them. */
  readonly door: { readonly link: number; readonly hash: string } | null;
}

/**
 * Closes an epoch. What it does to the group is in the message, which members judge; what is stated
 * beside it (welcomes, gone, door, hosts, open, guests, stage) lands with it or
 * not at all.
 * @throws CallerError `keys.adrift`, `keys.not-host`, `keys.bad-link`, `keys.full`
 */
export async function commit(
  ctx: Ctx,
  input: Commit,
  desk: Desk,
): Promise<Output<Calls['commit']>> {
  const session = desk.sessions.find(input.pass, 'commit');
  // The meeting before its group, as whoever ends it locks them.
  if (input.door) await desk.meetings.hold(ctx, session.room);
  const compared = await compare(ctx, session, 'commit', input);
  if ('answer' in compared) return compared.answer;
  const { group, leaf } = compared.hand;
  if (leaf.adrift)
    throw new CallerError('keys.adrift', 'Your last commit was voided: resync first.', 409);
  const hosting = input.door ?? input.hosts ?? input.open ?? input.guests ?? input.stage;
  if (hosting !== undefined) requireHost(session, group);
  await checkPlaces(ctx, desk, group, input.welcomes.length);
  const seq = await close(ctx, 'commit', input, session, compared.hand);
  const before = rulesOf(group);
  const undo: Undo = {
    hosts: group.hosts,
    open: group.open,
    guests: group.guests,
    stage: group.stage,
    welcomed: await deliver(ctx, desk, group, input, seq),
    ...(await removeGone(ctx, desk, group, session, input.gone)),
    door: input.door ? await changeDoor(ctx, desk, group, input.door) : null,
  };
  if (input.hosts) group.hosts = input.hosts;
  if (input.open !== undefined) await openGate(ctx, desk, group, input.open);
  if (input.guests) group.guests = input.guests;
  if (input.stage) group.stage = input.stage;
  await permit(ctx, desk, group, before);
  await ctx.tx
    .updateTable('mls_entry')
    .set({ undo: JSON.stringify(undo) })
    .where('mls_group', '=', group.id)
    .where('seq', '=', seq)
    .execute();
  await saveGroup(ctx, group);
  return { seq };
}

/** A leaf that lost its state takes its own seat again: an external commit. */
export async function resync(
  ctx: Ctx,
  input: Input<Calls['resync']>,
  desk: Desk,
): Promise<Output<Calls['resync']>> {
  const session = desk.sessions.find(input.pass, 'commit');
  const compared = await compare(ctx, session, 'resync', input);
  if ('answer' in compared) return compared.answer;
  const { group } = compared.hand;
  const seq = await close(ctx, 'resync', input, session, compared.hand);
  await ctx.tx
    .updateTable('mls_leaf')
    .set({ adrift: false })
    .where('mls_group', '=', group.id)
    .where('id', '=', session.id)
    .execute();
  await saveGroup(ctx, group);
  return { seq };
}

/** Writes the entry and the GroupInfo of the epoch it opens. */
async function close(
  ctx: Ctx,
  kind: 'commit' | 'resync',
  { epoch, msg, info }: { epoch: number; msg: string; info: string },
  { id: sender }: Session,
  { group, digest }: Hand,
): Promise<number> {
  const seq = await append(ctx, group, { kind, epoch, msg: toBytes(msg), sender, digest });
  group.epoch = epoch + 1;
  await ctx.tx
    .insertInto('mls_info')
    .values({ mls_group: group.id, epoch: group.epoch, info: toBytes(info) })
    .execute();
  // The one before stays for a void, others as long as a Welcome needs them.
  await ctx.tx
    .deleteFrom('mls_info')
    .where('mls_group', '=', group.id)
    .where('epoch', '<', epoch)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('mls_knock')
            .select('id')
            .whereRef('mls_knock.mls_group', '=', 'mls_info.mls_group')
            .whereRef('mls_knock.epoch', '=', 'mls_info.epoch')
            .where('welcome', 'is not', null),
        ),
      ),
    )
    .execute();
  return seq;
}

/** Puts each Welcome where its knocker takes it. A knock that is over meanwhile has none. */
async function deliver(
  ctx: Ctx,
  desk: Desk,
  group: Group,
  { welcomes }: Commit,
  seq: number,
): Promise<string[]> {
  if (welcomes.length === 0) return [];
  const slices = new Map(welcomes.map((each) => [each.knock, each.welcome]));
  const waiting = (await lockWaiting(ctx, group.room)).filter(({ id }) => slices.has(id));
  for (const { id } of waiting) {
    const welcome = toBytes(slices.get(id) ?? '');
    await ctx.tx
      .updateTable('mls_knock')
      .set({ welcome, mls_group: group.id, epoch: group.epoch, seq })
      .where('id', '=', id)
      .execute();
  }
  await answerKnocks(ctx, desk, waiting, 'welcomed', group);
  return waiting.map(({ id }) => id);
}

/**
 * A removed leaf is none any more to this server when its connection is lost too, or when a host
 * says so. One that is still connected is only named, and parts once its connection goes: else
 * any leaf could silence all others with a commit that nobody can apply.
 */
async function removeGone(
  ctx: Ctx,
  desk: Desk,
  group: Group,
  session: Session,
  gone: readonly string[],
): Promise<Pick<Undo, 'parted' | 'named'>> {
  if (gone.length === 0) return { parted: [], named: [] };
  const leaves = await ctx.tx
    .selectFrom('mls_leaf')
    .selectAll()
    .where('mls_group', '=', group.id)
    .where('id', 'in', gone)
    .where('id', '!=', session.id)
    .orderBy('id')
    .execute();
  // A Welcome that was not taken yet would make a leaf of who was just removed.
  await ctx.tx
    .updateTable('mls_knock')
    .set({ welcome: null, ahead: false })
    .where('room', '=', group.room)
    .where('leaf', 'in', gone)
    .where('answer', '=', 'welcomed')
    .where('epoch', '<', group.epoch)
    .execute();
  const by_host = isHost(session, group);
  // As in the group itself: nobody but a host removes a host.
  const removable = leaves.filter(({ id }) => by_host || !group.hosts.includes(id));
  const leaving = (leaf: Leaf): boolean => by_host || !desk.sessions.isHere(group.room, leaf.id);
  const parting = removable.filter(leaving);
  const named = removable.filter((leaf) => !leaving(leaf)).map(({ id }) => id);
  if (named.length > 0)
    await ctx.tx
      .updateTable('mls_leaf')
      .set({ named: true })
      .where('mls_group', '=', group.id)
      .where('id', 'in', named)
      .execute();
  await part(ctx, desk, group, parting);
  return { parted: parting.map(({ id, joined_epoch }) => ({ id, joined_epoch })), named };
}

/** Who waits at a gate that closes has no seat ahead any more. */
async function openGate(ctx: Ctx, desk: Desk, group: Group, open: boolean): Promise<void> {
  if (group.open && !open) await unseat(ctx, desk, await lockWaiting(ctx, group.room));
  group.open = open;
}

/** The next link. Knocks that wait with the old one are void. */
async function changeDoor(
  ctx: Ctx,
  desk: Desk,
  group: Group,
  { link, hash }: NonNullable<Commit['door']>,
): Promise<Undo['door']> {
  const meeting = await desk.meetings.find(ctx, group.room);
  if (meeting?.link !== link - 1)
    throw new CallerError('keys.bad-link', 'This is not the next version of the link.', 409);
  const old: Door = await desk.meetings.relink(ctx, group.room, { link, hash: toBytes(hash) });
  await answerKnocks(ctx, desk, await lockWaiting(ctx, group.room), 'relinked', group);
  return { link: old.link, hash: toText(old.hash) };
}
