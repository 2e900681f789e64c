import { createPublicKey, verify } from 'node:crypto';
import type { Input, Output } from '../app/contract.ts';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import { meet } from './contract.ts';
import { end_label, ended_kept_ms, vacant_max_ms } from './meeting.ts';
import { findMeeting } from './store.ts';

type Calls = typeof meet.calls;

/** Whether `proof` is the root key's Ed25519 signature over label ‖ 0x00 ‖ room (RFC 8032). */
export function provesRoot(root: Buffer, room: string, proof: string): boolean {
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: root.toString('base64url') },
    format: 'jwk',
  });
  return verify(null, Buffer.from(`${end_label}\0${room}`), key, Buffer.from(proof, 'base64url'));
}

/**
 * Ends the meeting for everyone, for whoever holds its root key. Ending it twice is no error.
 * @throws CallerError `meet.no-meeting`, `meet.not-host`
 */
export async function end(
  ctx: Ctx,
  input: Input<Calls['end']>,
  { media, groups }: { media: MediaGate; groups: Groups },
): Promise<Output<Calls['end']>> {
  const meeting = await findMeeting(ctx, input.room, input.door);
  if (!provesRoot(meeting.root, input.room, input.proof)) {
    throw new CallerError(
      'meet.not-host',
      'Only who made the meeting can end it for everyone.',
      403,
    );
  }
  if (!meeting.ended) await finish(ctx, meeting, groups);
  ctx.after(() => media.endRoom(meeting.id));
  return {};
}

/** What this room needs of the media room. */
export interface MediaGate {
  endRoom(room: string): Promise<void>;
}

/** What this room needs of the delivery service: groups end with their meetings. */
export interface Groups {
  endRoom(ctx: Ctx, room: string): Promise<void>;
  forgetRooms(ctx: Ctx, rooms: readonly string[]): Promise<void>;
}

async function finish(
  ctx: Ctx,
  { id: room, account }: { readonly id: string; readonly account: string },
  groups: Groups,
): Promise<void> {
  await ctx.tx
    .updateTable('meeting')
    .set({ ended_at: ctx.now, vacant_since: null })
    .where('id', '=', room)
    .execute();
  await ctx.tx.deleteFrom('seat').where('meeting', '=', room).execute();
  await groups.endRoom(ctx, room);
  await ctx.publish(meet, 'ended', account, {});
}

/**
 * Ends meetings nobody was in for a day, and forgets those that ended a day ago, with their
 * events. At most `batch` of each, so that one run holds no lock for long.
 * @returns how many were ended and forgotten
 */
export async function forget(
  ctx: Ctx,
  groups: Groups,
  batch = 500,
): Promise<{ ended: number; forgotten: number }> {
  const vacant = await ctx.tx
    .selectFrom('meeting')
    .select(['id', 'account'])
    .where('vacant_since', '<', new Date(ctx.now.getTime() - vacant_max_ms))
    .limit(batch)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const meeting of vacant) await finish(ctx, meeting, groups);
  const old = await ctx.tx
    .selectFrom('meeting')
    .select(['id', 'account'])
    .where('ended_at', '<', new Date(ctx.now.getTime() - ended_kept_ms))
    .limit(batch)
    .forUpdate()
    .skipLocked()
    .execute();
  if (old.length > 0) {
    await groups.forgetRooms(
      ctx,
      old.map(({ id }) => id),
    );
    await ctx.tx
      .deleteFrom('meeting')
      .where(
        'id',
        'in',
        old.map(({ id }) => id),
      )
      .execute();
    await ctx.tx
      .deleteFrom('account')
      .where(
        'id',
        'in',
        old.map(({ account }) => account),
      )
      .execute();
  }
  return { ended: vacant.length, forgotten: old.length };
}
