import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import { canResume, position } from '../app/events.ts';
import type { Ctx } from '../app/server.ts';
import type { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { noMeeting } from './hello.ts';
import { resume_max } from './limits.ts';
import { mintTicket } from './places.ts';
import { lineOf } from './session.ts';
import { requireLeaf } from './standing.ts';
import { findGroup, findLive, noGroup, readPage, readState, toText } from './store.ts';

type Calls = typeof keys.calls;

/** The log from an entry on, a page of it. */
export async function log(
  ctx: Ctx,
  input: Input<Calls['log']>,
  desk: Desk,
): Promise<Output<Calls['log']>> {
  const session = desk.sessions.find(input.pass, 'read');
  const group = await findGroup(ctx, session.room, input.group);
  await requireLeaf(ctx, group, session);
  return readPage(ctx, group, input.from);
}

/** GroupInfo and tree of the open epoch. */
export async function info(
  ctx: Ctx,
  input: Input<Calls['info']>,
  desk: Desk,
): Promise<Output<Calls['info']>> {
  const session = desk.sessions.find(input.pass, 'read');
  const group = await findGroup(ctx, session.room, input.group);
  await requireLeaf(ctx, group, session);
  // In one statement: the epoch may move on between two.
  const row = await ctx.tx
    .selectFrom('mls_group')
    .innerJoin('mls_info', (join) =>
      join
        .onRef('mls_info.mls_group', '=', 'mls_group.id')
        .onRef('mls_info.epoch', '=', 'mls_group.epoch'),
    )
    .select(['mls_group.epoch', 'seq', 'info'])
    .where('mls_group.id', '=', group.id)
    .executeTakeFirstOrThrow();
  return { epoch: row.epoch, seq: row.seq, info: toText(row.info) };
}

/** Follows the group: its state and where it stands, and from then on its events. */
export async function watch(
  ctx: Ctx,
  input: Input<Calls['watch']>,
  desk: Desk,
): Promise<Output<Calls['watch']>> {
  const session = desk.sessions.find(input.pass, 'read');
  if (lineOf(ctx) !== session.line)
    throw new CallerError('keys.other-line', 'This key was proven on another connection.', 409);
  const group = await findGroup(ctx, session.room, input.group);
  await requireLeaf(ctx, group, session);
  const { account } = group;
  const { cursor } = input;
  const seq = await position(ctx.tx, account);
  if (cursor !== null && seq - cursor <= resume_max && (await canResume(ctx.tx, account, cursor))) {
    ctx.follow(account, cursor);
    return { account, seq: cursor, state: null };
  }
  ctx.follow(account, seq);
  return { account, seq, state: await readState(ctx, group) };
}

/** A media token for the caller's leaf. */
export async function token(
  ctx: Ctx,
  input: Input<Calls['token']>,
  desk: Desk,
): Promise<Output<Calls['token']>> {
  const { room, id, ...session } = desk.sessions.find(input.pass, 'read');
  if (!(await desk.meetings.find(ctx, room))) throw noMeeting();
  const group = await findLive(ctx, room);
  if (!group) throw noGroup();
  await requireLeaf(ctx, group, { room, id, ...session });
  return mintTicket(ctx, desk, group, id);
}
