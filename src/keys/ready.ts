import type { Input, Output } from '../app/contract.ts';
import type { Ctx } from '../app/server.ts';
import { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { requireLeaf } from './standing.ts';
import { findGroup } from './store.ts';

type Calls = typeof keys.calls;

/** This member holds the keys of an epoch. Of one that is not open it is no news and no error. */
export async function ready(
  ctx: Ctx,
  input: Input<Calls['ready']>,
  desk: Desk,
): Promise<Output<Calls['ready']>> {
  const session = desk.sessions.find(input.pass, 'signal');
  const group = await findGroup(ctx, session.room, input.group);
  // Every member says this in every epoch: what memory knows already is not read again.
  if (session.member !== group.id) await requireLeaf(ctx, group, session);
  if (group.epoch !== input.epoch) return {};
  desk.votes.add(group.id, 'ready', group.epoch, session.id);
  await settleReady(ctx, desk, group);
  return {};
}

/**
 * Tells all when every connected leaf is ready, once an epoch. The row is not locked before that:
 * a ready from each of 500 leaves must not make commits wait.
 */
export async function settleReady(
  ctx: Ctx,
  { sessions, votes }: Desk,
  { id, room, account, epoch, ready_epoch }: ReadyGroup,
): Promise<void> {
  if (ready_epoch === epoch) return;
  const said = votes.read(id, 'ready', epoch);
  const members = sessions.members(room, id);
  if (said.size < members.length || members.length === 0) return;
  if (!members.every((member) => said.has(member))) return;
  const { numUpdatedRows } = await ctx.tx
    .updateTable('mls_group')
    .set({ ready_epoch: epoch })
    .where('id', '=', id)
    .where('epoch', '=', epoch)
    .where('ready_epoch', '!=', epoch)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await ctx.publish(keys, 'readied', account, { epoch });
}

type ReadyGroup = Awaited<ReturnType<typeof findGroup>>;
