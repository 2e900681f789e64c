/**
 * Who is here, as the media room tells it: each change once and in order. What was missed while
 * the database was away, or before this process started, `reconcile` repairs.
 */
import type { Ctx } from '../app/server.ts';
import { meet } from './contract.ts';
import { accountOf } from './meeting.ts';

export interface Presence {
  readonly room: string;
  readonly identity: string;
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

/** Records that somebody is here. Twice is no error. */
export async function arrive(ctx: Ctx, { room, identity }: Presence): Promise<void> {
  if (!(await lockMeeting(ctx, room))) return;
  const { numInsertedOrUpdatedRows } = await ctx.tx
    .insertInto('seat')
    .values({ meeting: room, identity, joined_at: ctx.now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  await ctx.tx.updateTable('meeting').set({ vacant_since: null }).where('id', '=', room).execute();
  await ctx.publish(meet, 'joined', accountOf(room), { identity });
}

/** Records that somebody is gone. Twice is no error. */
export async function depart(ctx: Ctx, { room, identity }: Presence): Promise<void> {
  if (!(await lockMeeting(ctx, room))) return;
  const { numDeletedRows } = await ctx.tx
    .deleteFrom('seat')
    .where('meeting', '=', room)
    .where('identity', '=', identity)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return;
  await ctx.publish(meet, 'left', accountOf(room), { identity });
  const left = await ctx.tx
    .selectFrom('seat')
    .select('identity')
    .where('meeting', '=', room)
    .limit(1)
    .executeTakeFirst();
  if (left !== undefined) return;
  await ctx.tx
    .updateTable('meeting')
    .set({ vacant_since: ctx.now })
    .where('id', '=', room)
    .execute();
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
  people: readonly { identity: string }[],
): Promise<void> {
  const seats = await ctx.tx
    .selectFrom('seat')
    .select('identity')
    .where('meeting', '=', room)
    .execute();
  const present = new Set(people.map(({ identity }) => identity));
  for (const identity of present) await arrive(ctx, { room, identity });
  for (const { identity } of seats)
    if (!present.has(identity)) await depart(ctx, { room, identity });
}
