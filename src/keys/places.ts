import { sql } from 'kysely';
import { CallerError } from '../app/error.ts';
import type { Output } from '../app/contract.ts';
import type { Ctx } from '../app/server.ts';
import type { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { leaves_max } from './limits.ts';
import type { Group } from './store.ts';

export type Ticket = Output<typeof keys.calls.token>;

/** Who is in the group. Who was welcomed and has not come yet has a place too. */
async function countPlaces(ctx: Ctx, { id, room }: Group): Promise<number> {
  const { rows } = await sql<{ taken: number }>`
    select count(*) as taken from (
      select id from mls_leaf where mls_group = ${id}
      union
      select leaf from mls_knock where room = ${room} and mls_group = ${id}
        and welcome is not null) as place`.execute(ctx.tx);
  return rows[0]?.taken ?? 0;
}

/** A ticket for somebody's place at the media engine. */
export async function mintTicket(ctx: Ctx, desk: Desk, group: Group, id: string): Promise<Ticket> {
  const { room } = group;
  const people = await countPlaces(ctx, group);
  return { ...(await desk.media.mint(ctx, { room, id })), people };
}

/**
 * Whether `more` find a place in the group.
 * @throws CallerError `keys.full`
 */
export async function checkPlaces(ctx: Ctx, desk: Desk, group: Group, more: number): Promise<void> {
  if (more === 0) return;
  const meeting = await desk.meetings.find(ctx, group.room);
  const most = Math.min(leaves_max, meeting?.people_max ?? leaves_max);
  if ((await countPlaces(ctx, group)) + more > most)
    throw new CallerError('keys.full', `This meeting is full: ${most} people are in it.`, 409);
}
