import type { Input, Output } from '../app/contract.ts';
import { canResume, position } from '../app/events.ts';
import type { Ctx } from '../app/server.ts';
import type { meet } from './contract.ts';
import { findMeeting, readState } from './store.ts';

type Calls = typeof meet.calls;

/** What a holder of the link may know before joining. */
export async function hello(
  ctx: Ctx,
  input: Input<Calls['hello']>,
): Promise<Output<Calls['hello']>> {
  return readState(ctx, await findMeeting(ctx, input.room, input.door));
}

/** Follows the meeting: its state and where it stands, and from then on its events. */
export async function watch(
  ctx: Ctx,
  input: Input<Calls['watch']>,
): Promise<Output<Calls['watch']>> {
  const meeting = await findMeeting(ctx, input.room, input.door);
  const { account } = meeting;
  const { cursor } = input;
  if (cursor !== null && (await canResume(ctx.tx, account, cursor))) {
    ctx.follow(account, cursor);
    return { account, seq: cursor, state: null };
  }
  const seq = await position(ctx.tx, account);
  const state = await readState(ctx, meeting);
  ctx.follow(account, seq);
  return { account, seq, state };
}
