/**
 * Who is here, as the media engine tells it. `session` is the engine's id of one connection: the
 * end of an old one must not remove a person who came back under the same identity meanwhile.
 */
import type { Ctx } from '../app/server.ts';
import { meet } from './contract.ts';
import { accountOf } from './meeting.ts';

export interface Arrival {
  readonly room: string;
  readonly identity: string;
  readonly session: string;
}

/** Locks the meeting's row, so that two reports about one meeting do not cross. */
async function lockMeeting(ctx: Ctx, room: string): Promise<boolean> {
  const row = await ctx.tx
    .selectFrom('meeting')
    .select('ended_at')
    .where('id', '=', room)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined && row.ended_at === null;
}

export async function arrive(ctx: Ctx, { room, identity, session }: Arrival): Promise<void> {
  if (!(await lockMeeting(ctx, room))) return;
  const old = await ctx.tx
    .selectFrom('seat')
    .select('session')
    .where('meeting', '=', room)
    .where('identity', '=', identity)
    .executeTakeFirst();
  if (old !== undefined) {
    await ctx.tx
      .updateTable('seat')
      .set({ session })
      .where('meeting', '=', room)
      .where('identity', '=', identity)
      .execute();
    return;
  }
  await ctx.tx
    .insertInto('seat')
    .values({ meeting: room, identity, session, joined_at: ctx.now })
    .execute();
  await ctx.tx.updateTable('meeting').set({ vacant_since: null }).where('id', '=', room).execute();
  await ctx.publish(meet, 'joined', accountOf(room), { identity });
}

export async function depart(ctx: Ctx, { room, identity, session }: Arrival): Promise<void> {
  if (!(await lockMeeting(ctx, room))) return;
  const gone = await ctx.tx
    .deleteFrom('seat')
    .where('meeting', '=', room)
    .where('identity', '=', identity)
    .where('session', '=', session)
    .returning('identity')
    .executeTakeFirst();
  if (gone === undefined) return;
  await ctx.publish(meet, 'left', accountOf(room), { identity });
  const left = await ctx.tx
    .selectFrom('seat')
    .select('identity')
    .where('meeting', '=', room)
    .limit(1)
    .executeTakeFirst();
  if (left === undefined) {
    await ctx.tx
      .updateTable('meeting')
      .set({ vacant_since: ctx.now })
      .where('id', '=', room)
      .execute();
  }
}

/** Rooms somebody is said to be in: those whose truth the engine is asked for now and then. */
export async function listOccupied(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.tx.selectFrom('seat').select('meeting').distinct().limit(10_000).execute();
  return rows.map(({ meeting }) => meeting);
}

/** Makes the record of one room what the engine says: reports can be lost, lists are whole. */
export async function reconcile(
  ctx: Ctx,
  room: string,
  people: readonly { identity: string; session: string }[],
): Promise<void> {
  const seats = await ctx.tx
    .selectFrom('seat')
    .select(['identity', 'session'])
    .where('meeting', '=', room)
    .execute();
  const present = new Set(people.map(({ identity }) => identity));
  for (const { identity, session } of people) await arrive(ctx, { room, identity, session });
  for (const seat of seats) if (!present.has(seat.identity)) await depart(ctx, { room, ...seat });
}
