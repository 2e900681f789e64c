import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import { canResume, position } from '../app/events.ts';
import type { Ctx } from '../app/server.ts';
import type { meet } from './contract.ts';
import { hasPlace } from './meeting.ts';
import { findMeeting, identityOf, listHere, readState } from './store.ts';

type Calls = typeof meet.calls;

/** A token is good for this long; the engine renews it while its holder is connected. */
const token_ttl_s = 6 * 3600;

/** What this room needs of the media room. */
export interface MediaGate {
  readonly media_path: string;
  mint(seat: { room: string; identity: string; name: string; ttl_s: number }): Promise<string>;
  closeSeat(room: string, identity: string): Promise<void>;
  endRoom(room: string): Promise<void>;
}

function refuseEnded(): never {
  throw new CallerError('meet.ended', 'This meeting has ended.', 410);
}

/** What a holder of the link may know before joining. */
export async function hello(
  ctx: Ctx,
  input: Input<Calls['hello']>,
): Promise<Output<Calls['hello']>> {
  return readState(ctx, await findMeeting(ctx, input.room, input.door));
}

/**
 * A media token for a seat. Nothing is recorded: a person is here once the engine says so.
 * @throws CallerError `meet.no-meeting`, `meet.ended`, `meet.full`
 */
export async function enter(
  ctx: Ctx,
  input: Input<Calls['enter']>,
  media: MediaGate,
): Promise<Output<Calls['enter']>> {
  const meeting = await findMeeting(ctx, input.room, input.door);
  if (meeting.ended) refuseEnded();
  const identity = identityOf(input.seat);
  const here = await listHere(ctx, meeting.id);
  if (!hasPlace(here, identity, meeting.people_max)) {
    throw new CallerError(
      'meet.full',
      `This meeting is full: ${meeting.people_max} people are in it.`,
      409,
    );
  }
  const { room, name } = input;
  const token = await media.mint({ room, identity, name, ttl_s: token_ttl_s });
  return { identity, token, media_path: media.media_path };
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

/** Frees one's own seat at once. Who does not hold the seat's secret cannot name its identity. */
export async function leave(
  ctx: Ctx,
  input: Input<Calls['leave']>,
  media: MediaGate,
): Promise<Output<Calls['leave']>> {
  const meeting = await findMeeting(ctx, input.room, input.door);
  const identity = identityOf(input.seat);
  ctx.after(() => media.closeSeat(meeting.id, identity));
  return {};
}
