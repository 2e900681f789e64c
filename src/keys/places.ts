import { sql } from 'kysely';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import type { Desk } from './desk.ts';
import { leaves_max } from './limits.ts';
import type { Group } from './store.ts';

/**
 * Whether `more` find a place in the group. Who was welcomed and has not come yet has one too.
 * @throws CallerError `keys.full`
 */
export async function checkPlaces(ctx: Ctx, desk: Desk, group: Group, more: number): Promise<void> {
  if (more === 0) return;
  const meeting = await desk.meetings.find(ctx, group.room);
  const most = Math.min(leaves_max, meeting?.people_max ?? leaves_max);
  const { rows } = await sql<{ taken: number }>`
    select count(*) as taken from (
      select id from mls_leaf where mls_group = ${group.id}
      union
      select leaf from mls_knock where room = ${group.room} and mls_group = ${group.id}
        and welcome is not null) as place`.execute(ctx.tx);
  if ((rows[0]?.taken ?? 0) + more > most)
    throw new CallerError('keys.full', `This meeting is full: ${most} people are in it.`, 409);
}
