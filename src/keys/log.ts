import { createHash } from 'node:crypto';
import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { keys, type EntryKind } from './contract.ts';
import type { Desk } from './desk.ts';
import { inline_bytes_max, log_bytes_max, log_bytes_soft_max } from './limits.ts';
import type { Session } from './session.ts';
import { requireLeaf, type Leaf } from './standing.ts';
import { lockGroup, readPage, saveGroup, toBytes, toText, type Group } from './store.ts';

type Calls = typeof keys.calls;
type Accepted = Output<Calls['commit']>;

/** A message as its sender states it; what is in it nobody reads here. */
export interface Message {
  readonly group: string;
  readonly epoch: number;
  readonly msg: string;
}

/** A message that may be accepted: the group's row is locked, its epoch is the message's. */
export interface Hand {
  readonly group: Group;
  readonly leaf: Leaf;
  readonly digest: Buffer;
}

/**
 * The compare of the compare-and-swap: what to answer already, or the hand to play.
 * @throws CallerError `keys.no-group`, `keys.not-leaf`, `keys.log-full`
 */
export async function compare(
  ctx: Ctx,
  session: Session,
  kind: EntryKind,
  message: Message,
): Promise<{ answer: Accepted } | { hand: Hand }> {
  const group = await lockGroup(ctx, session.room, message.group);
  const digest = createHash('sha256').update(`${kind}\0${message.epoch}\0${message.msg}`).digest();
  const same = await ctx.tx
    .selectFrom('mls_entry')
    .select('seq')
    .where('mls_group', '=', group.id)
    .where('sender', '=', session.id)
    .where('digest', '=', digest)
    .executeTakeFirst();
  // Its answer was lost, and it came again.
  if (same) return { answer: { seq: same.seq } };
  const leaf = await requireLeaf(ctx, group, session);
  if (group.epoch !== message.epoch) return { answer: await conflict(ctx, group, message.epoch) };
  const size_max = kind === 'app' ? log_bytes_soft_max : log_bytes_max;
  if (group.size_bytes > size_max)
    throw new CallerError('keys.log-full', 'This group has said all it can. Begin another.', 409);
  return { hand: { group, leaf, digest } };
}

/** What happened since `epoch`, from the entry that closed it. */
async function conflict(ctx: Ctx, group: Group, epoch: number): Promise<Accepted> {
  const winner = await ctx.tx
    .selectFrom('mls_entry')
    .select('seq')
    .where('mls_group', '=', group.id)
    .where('kind', 'in', ['commit', 'resync'])
    .where('voided', '=', false)
    .where('epoch', '>=', epoch)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return { conflict: await readPage(ctx, group, winner?.seq ?? group.seq) };
}

/** The swap: writes the entry under the next number and tells the followers. */
export async function append(
  ctx: Ctx,
  group: Group,
  entry: {
    kind: EntryKind;
    epoch: number;
    msg: Buffer;
    sender?: string;
    digest?: Buffer;
    of?: number;
  },
): Promise<number> {
  const { kind, epoch, msg, sender = null, digest = null, of = null } = entry;
  const seq = group.seq + 1;
  await ctx.tx
    .insertInto('mls_entry')
    .values({
      mls_group: group.id,
      seq,
      kind,
      epoch,
      sender,
      digest,
      msg,
      size_bytes: msg.length,
      of_seq: of,
    })
    .execute();
  group.seq = seq;
  group.size_bytes += msg.length;
  const shown = msg.length <= inline_bytes_max ? toText(msg) : null;
  await ctx.publish(keys, 'appended', group.account, { seq, kind, epoch, msg: shown, of });
  return seq;
}

/** An application message; it counts only in the epoch it stands in. */
export async function app(
  ctx: Ctx,
  input: Input<Calls['app']>,
  desk: Desk,
): Promise<Output<Calls['app']>> {
  const session = desk.sessions.find(input.pass, 'app');
  const compared = await compare(ctx, session, 'app', input);
  if ('answer' in compared) return compared.answer;
  const { group, digest } = compared.hand;
  const msg = toBytes(input.msg);
  const seq = await append(ctx, group, {
    kind: 'app',
    epoch: input.epoch,
    msg,
    sender: session.id,
    digest,
  });
  await saveGroup(ctx, group);
  return { seq };
}
