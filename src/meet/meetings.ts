import type { Ctx } from '../app/server.ts';
import type { KeysDeps } from '../keys/index.ts';
import { CallerError } from '../app/error.ts';
import { meet } from './contract.ts';
import { findMeeting } from './store.ts';

type Meetings = KeysDeps['meetings'];
type Row = { root: Buffer; link: number; people_max: number };

async function findOpen(ctx: Ctx, room: string, held: boolean): Promise<Row | undefined> {
  const query = ctx.tx
    .selectFrom('meeting')
    .select(['root', 'link', 'people_max'])
    .where('id', '=', room)
    .where('ended_at', 'is', null);
  return (held ? query.forUpdate() : query).executeTakeFirst();
}

/** The meetings as the delivery service knows them. */
export const meetings: Meetings = {
  async enter(ctx, room, door) {
    const { root, link, people_max, ended } = await findMeeting(ctx, room, door);
    if (ended) throw new CallerError('meet.ended', 'This meeting has ended.', 410);
    return { root, link, people_max };
  },
  find: (ctx, room) => findOpen(ctx, room, false),
  hold: (ctx, room) => findOpen(ctx, room, true),
  async relink(ctx, room, { link, hash }) {
    const old = await ctx.tx
      .selectFrom('meeting')
      .select(['link', 'door_hash', 'account'])
      .where('id', '=', room)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const next = { link, door_hash: hash };
    await ctx.tx.updateTable('meeting').set(next).where('id', '=', room).execute();
    await ctx.publish(meet, 'relinked', old.account, { link });
    return { link: old.link, hash: old.door_hash };
  },
};
