import { createHash, randomBytes } from 'node:crypto';
import type { Input, Output } from '../app/contract.ts';
import { CallerError, LimitError } from '../app/error.ts';
import { openAccount, position } from '../app/events.ts';
import type { Ctx } from '../app/server.ts';
import { seatAhead } from './ahead.ts';
import { answerKnocks } from './answer.ts';
import type { Answer, keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { knockAccountOf } from './group.ts';
import { noMeeting } from './hello.ts';
import { waiting_max } from './limits.ts';
import { checkPlaces } from './places.ts';
import { lineOf, type Session } from './session.ts';
import { show } from './release.ts';
import { requireHost } from './standing.ts';
import { lockLive, noGroup, toBytes, type KnockRow } from './store.ts';

type Calls = typeof keys.calls;

/**
 * Asks to join and follows the answer. Each key has one knock: the same bytes again, after a
 * broken connection, are the same knock; other bytes take its place.
 * @throws CallerError `keys.relinked` when the link is not the meeting's any more, `keys.full`;
 * LimitError `keys.many-waiting`
 */
export async function knock(
  ctx: Ctx,
  input: Input<Calls['knock']>,
  desk: Desk,
): Promise<Output<Calls['knock']>> {
  const session = desk.sessions.find(input.pass, 'knock');
  if (lineOf(ctx) !== session.line)
    throw new CallerError('keys.other-line', 'This key was proven on another connection.', 409);
  const meeting = await desk.meetings.find(ctx, session.room);
  if (!meeting) throw noMeeting();
  if (input.link !== meeting.link || session.link !== meeting.link)
    throw new CallerError('keys.relinked', 'The link of this meeting has changed.', 409);
  const digest = digestOf(input);
  const row =
    (await findSame(ctx, session, digest)) ?? (await insert(ctx, input, desk, session, digest));
  const media = await seatAhead(ctx, desk, row);
  const seq = await position(ctx.tx, row.account);
  const answer = await readAnswer(ctx, row);
  ctx.after(() => followKnock(session, row.account));
  ctx.follow(row.account, seq);
  return {
    account: row.account,
    seq,
    state: { knock: row.id, answer, media: answer === null ? media : null },
  };
}

/**
 * Read after the place from which events are followed: a knock that comes again may be answered
 * in between, and what is neither in the state nor behind that place is never heard of.
 */
async function readAnswer(ctx: Ctx, { id }: KnockRow): Promise<Answer | null> {
  const { answer } = await ctx.tx
    .selectFrom('mls_knock')
    .select('answer')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return answer as Answer | null;
}

/** Only the last knock of a key is followed: a connection may read but so many accounts. */
export function followKnock(session: Session, account: string | undefined): void {
  if (session.knocking !== undefined && session.knocking !== account)
    session.line.leave(session.knocking);
  session.knocking = account;
}

function digestOf({ link, kp, name, mac, admit }: Input<Calls['knock']>): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([link, kp, name, mac, admit]))
    .digest();
}

/** One that was withdrawn is over: whoever comes back later begins anew, with the same bytes too. */
function findSame(ctx: Ctx, session: Session, digest: Buffer): Promise<KnockRow | undefined> {
  return ctx.tx
    .selectFrom('mls_knock')
    .selectAll()
    .where('room', '=', session.room)
    .where('leaf', '=', session.id)
    .where('digest', '=', digest)
    .where((where) => where.or([where('answer', 'is', null), where('answer', '!=', 'withdrawn')]))
    .executeTakeFirst();
}

async function insert(
  ctx: Ctx,
  input: Input<Calls['knock']>,
  desk: Desk,
  { room, id: leaf }: Session,
  digest: Buffer,
): Promise<KnockRow> {
  const group = await lockLive(ctx, room);
  await withdrawOlder(ctx, desk, room, leaf, group);
  // Here and not only at the commit: who knocks can be told, who commits can do nothing about it.
  if (group) await checkPlaces(ctx, desk, group, 1);
  const { waiting } = await ctx.tx
    .selectFrom('mls_knock')
    .select(({ fn }) => fn.countAll<number>().as('waiting'))
    .where('room', '=', room)
    .where('answer', 'is', null)
    .executeTakeFirstOrThrow();
  if (waiting >= waiting_max)
    throw new LimitError('keys.many-waiting', 'Too many people wait at this door.', 5_000);
  const id = randomBytes(16).toString('base64url');
  const account = knockAccountOf(id);
  await openAccount(ctx.tx, account);
  const row = await ctx.tx
    .insertInto('mls_knock')
    .values({
      id,
      room,
      leaf,
      account,
      link: input.link,
      digest,
      kp: toBytes(input.kp),
      name: toBytes(input.name),
      mac: toBytes(input.mac),
      admit: input.admit === null ? null : toBytes(input.admit),
      knocked_at: ctx.now,
      released: false,
      ahead: false,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  // Without a group to lock, two knocks of one key can cross.
  if (!row) throw new LimitError('keys.too-often', 'This key is knocking already.', 200);
  await show(ctx, desk, room);
  return row;
}

type LiveGroup = Awaited<ReturnType<typeof lockLive>>;

async function withdrawOlder(
  ctx: Ctx,
  desk: Desk,
  room: string,
  leaf: string,
  group: LiveGroup,
): Promise<void> {
  const older = await ctx.tx
    .selectFrom('mls_knock')
    .selectAll()
    .where('room', '=', room)
    .where('leaf', '=', leaf)
    .where('answer', 'is', null)
    .forUpdate()
    .execute();
  await answerKnocks(ctx, desk, older, 'withdrawn', group);
}

/**
 * A host sends somebody away from the door.
 * @throws CallerError `keys.not-host`, `keys.no-knock`
 */
export async function deny(
  ctx: Ctx,
  input: Input<Calls['deny']>,
  desk: Desk,
): Promise<Output<Calls['deny']>> {
  const session = desk.sessions.find(input.pass, 'signal');
  const group = await lockLive(ctx, session.room);
  if (!group) throw noGroup();
  requireHost(session, group);
  const row = await ctx.tx
    .selectFrom('mls_knock')
    .selectAll()
    .where('id', '=', input.knock)
    .where('room', '=', session.room)
    .forUpdate()
    .executeTakeFirst();
  if (!row || (row.answer !== null && row.answer !== 'denied'))
    throw new CallerError('keys.no-knock', 'Nobody waits under this number any more.', 404);
  if (row.answer === null) await answerKnocks(ctx, desk, [row], 'denied', group);
  return {};
}
