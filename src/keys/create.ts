import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { sends } from '../protocol/encryption/rights.ts';
import { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import { accountOf } from './group.ts';
import { noMeeting } from './hello.ts';
import { show } from './release.ts';
import { findLeaf } from './standing.ts';
import { lockLive, toBytes } from './store.ts';

type Calls = typeof keys.calls;

/**
 * Begins the room's group, with the caller as its only leaf. Of several who begin at once one
 * wins, the others are told its group; who repeats is told again that the group is theirs.
 * @throws CallerError `keys.no-meeting`, `keys.taken`
 */
export async function create(
  ctx: Ctx,
  input: Input<Calls['create']>,
  desk: Desk,
): Promise<Output<Calls['create']>> {
  const session = desk.sessions.find(input.pass, 'knock');
  const { room, id } = session;
  // The lock also puts those who begin at once one after the other.
  if (!(await desk.meetings.hold(ctx, room))) throw noMeeting();
  const live = await lockLive(ctx, room);
  if (live) {
    const made = live.id === input.group && (await findLeaf(ctx, live.id, id)) !== undefined;
    return { group: live.id, made };
  }
  const account = await openFresh(ctx, input.group);
  const started = await ctx.tx
    .insertInto('mls_group')
    .values({
      id: input.group,
      room,
      account,
      epoch: 0,
      seq: 0,
      ready_epoch: -1,
      hosts: [],
      open: input.open ?? false,
      guests: [...sends],
      stage: [],
      size_bytes: 0,
      created_at: ctx.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await ctx.tx
    .insertInto('mls_leaf')
    .values({ mls_group: started.id, id, joined_epoch: 0, named: false, adrift: false })
    .execute();
  const info = toBytes(input.info);
  await ctx.tx.insertInto('mls_info').values({ mls_group: started.id, epoch: 0, info }).execute();
  await ctx.publish(keys, 'created', account, { group: started.id });
  ctx.after(() => void (session.member = started.id));
  await show(ctx, desk, room);
  return { group: started.id, made: true };
}

/** Group ids are random, so one that is used is a mistake, or aims at another's place. */
async function openFresh(ctx: Ctx, group: string): Promise<string> {
  const row = await ctx.tx
    .insertInto('account')
    .values({ id: accountOf(group) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!row) throw new CallerError('keys.taken', 'This group id is used. Make another.', 409);
  return row.id;
}
