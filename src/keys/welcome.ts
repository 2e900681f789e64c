import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { followKnock } from './knock.ts';
import { mintTicket } from './places.ts';
import type { Session } from './session.ts';
import { findLeaf } from './standing.ts';
import { lockLive, toText, type Group } from './store.ts';

type Calls = typeof keys.calls;

/**
 * Hands out a Welcome, with GroupInfo and tree of its epoch and a media token, and makes the knocker
 * a leaf. Who never takes it never becomes one. Taking it again gives the same.
 * @throws CallerError `keys.no-welcome`
 */
export async function welcome(
  ctx: Ctx,
  input: Input<Calls['welcome']>,
  desk: Desk,
): Promise<Output<Calls['welcome']>> {
  const session = desk.sessions.find(input.pass, 'read');
  const group = await lockLive(ctx, session.room);
  const row = await ctx.tx
    .selectFrom('mls_knock')
    .innerJoin('mls_info', (join) =>
      join
        .onRef('mls_info.mls_group', '=', 'mls_knock.mls_group')
        .onRef('mls_info.epoch', '=', 'mls_knock.epoch'),
    )
    .select(['mls_knock.epoch', 'mls_knock.seq', 'welcome', 'info'])
    .where('id', '=', input.knock)
    .where('room', '=', session.room)
    .where('leaf', '=', session.id)
    .where('answer', '=', 'welcomed')
    .where('mls_knock.mls_group', '=', group?.id ?? '')
    .executeTakeFirst();
  if (!group || !row || row.welcome === null || row.epoch === null || row.seq === null)
    throw new CallerError('keys.no-welcome', 'There is no Welcome for this knock.', 404);
  const { epoch, seq, info } = row;
  await seat(ctx, group, session, epoch);
  // A leaf's seat ends with the leaf.
  await ctx.tx
    .updateTable('mls_knock')
    .set({ ahead: false })
    .where('id', '=', input.knock)
    .execute();
  ctx.after(() => {
    session.member = group.id;
    followKnock(session, undefined);
  });
  const media = await mintTicket(ctx, desk, group, session.id);
  const given = { welcome: toText(row.welcome), info: toText(info) };
  return { group: group.id, epoch, seq, ...given, ...media };
}

async function seat(ctx: Ctx, group: Group, { id }: Session, joined_epoch: number): Promise<void> {
  const old = await findLeaf(ctx, group.id, id);
  if (old?.joined_epoch === joined_epoch && old.lost_at === null) return;
  const fresh = { joined_epoch, named: false, adrift: false, lost_at: null };
  await ctx.tx
    .insertInto('mls_leaf')
    .values({ mls_group: group.id, id, ...fresh })
    .onConflict((conflict) => conflict.columns(['mls_group', 'id']).doUpdateSet(fresh))
    .execute();
  if (old && old.lost_at !== null) await ctx.publish(keys, 'found', group.account, { ids: [id] });
}
