/**
 * What a leaf may send to the media engine, as a host's commit said beside itself. Members judge the
 * same by the policy; here it holds for who does not run our code (meetings design, section 4).
 */
import type { Database } from '../app/database.ts';
import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { sends, type Send } from '../protocol/encryption/rights.ts';
import type { keys } from './contract.ts';
import type { Desk } from './desk.ts';
import type { Session } from './session.ts';
import { requireHost } from './standing.ts';
import { findGroup, type Group } from './store.ts';

type Calls = typeof keys.calls;
type Rules = Pick<Group, 'hosts' | 'guests' | 'stage'>;

function sendsBy({ hosts, guests, stage }: Rules, id: string): readonly Send[] {
  const may_all = hosts.includes(id) || stage.includes(id);
  return may_all ? sends : sends.filter((each) => guests.includes(each));
}

/** What somebody may send who connects to the room's media now. */
export async function readSends(db: Database, room: string, id: string): Promise<readonly Send[]> {
  const group = await db
    .selectFrom('mls_group')
    .select(['hosts', 'guests', 'stage'])
    .where('room', '=', room)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return group ? sendsBy(group, id) : sends;
}

/** As they stand, for `permit` after a change. */
export function rulesOf({ hosts, guests, stage }: Group): Rules {
  return { hosts, guests, stage };
}

/** Tells the engine of every leaf whose rights are others than they were `before`. */
export async function permit(ctx: Ctx, desk: Desk, group: Group, before: Rules): Promise<void> {
  const now: Rules = rulesOf(group);
  if (JSON.stringify(now) === JSON.stringify(before)) return;
  const { room } = group;
  const leaves = await ctx.tx
    .selectFrom('mls_leaf')
    .select('id')
    .where('mls_group', '=', group.id)
    .orderBy('id')
    .execute();
  for (const { id } of leaves) {
    const may = sendsBy(now, id);
    if (may.join() === sendsBy(before, id).join()) continue;
    ctx.after(() => desk.media.permit(room, id, may));
  }
}

/**
 * A host silences others. It takes no right: whom the group still lets may send again, by their
 * own hand. Of whom the root itself appointed only another of those may.
 * @throws CallerError `keys.not-host`
 */
export async function quiet(
  ctx: Ctx,
  input: Input<Calls['quiet']>,
  desk: Desk,
): Promise<Output<Calls['quiet']>> {
  const session = desk.sessions.find(input.pass, 'signal');
  const group = await findGroup(ctx, session.room, input.group);
  requireHost(session, group);
  const over = input.ids.find((id) => outranks(desk.sessions.of(group.room, id), session));
  if (over !== undefined)
    throw new CallerError('keys.not-host', 'Only a root host may do that to another.', 403);
  ctx.after(() => desk.media.quiet(group.room, input.ids, input.sends));
  return {};
}

function outranks(theirs: readonly Session[], { appointed }: Session): boolean {
  return appointed?.by_root !== true && theirs.some((each) => each.appointed?.by_root === true);
}
