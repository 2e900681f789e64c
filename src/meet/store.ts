import { createHash, timingSafeEqual } from 'node:crypto';
import { CallerError } from '../app/error.ts';
import type { Ctx } from '../app/server.ts';
import type { MeetingState } from './contract.ts';

export interface Meeting {
  readonly id: string;
  readonly account: string;
  readonly root: Buffer;
  readonly link: number;
  readonly people_max: number;
  readonly ended: boolean;
}

/** Compared with when there is no such room, so that both cases do the same work. */
const nobodys_hash = Buffer.alloc(32, 0xff);

/**
 * The meeting behind a door.
 * @throws CallerError `meet.no-meeting`, one and the same for an absent room and a wrong door.
 */
export async function findMeeting(ctx: Ctx, room: string, door: string): Promise<Meeting> {
  const row = await ctx.tx
    .selectFrom('meeting')
    .select(['id', 'account', 'root', 'link', 'people_max', 'door_hash', 'ended_at'])
    .where('id', '=', room)
    .executeTakeFirst();
  const shown = createHash('sha256').update(Buffer.from(door, 'base64url')).digest();
  const right = timingSafeEqual(shown, row?.door_hash ?? nobodys_hash);
  if (row === undefined || !right) throw noMeeting();
  const { id, account, root, link, people_max, ended_at } = row;
  return { id, account, root, link, people_max, ended: ended_at !== null };
}

export function noMeeting(): CallerError {
  return new CallerError(
    'meet.no-meeting',
    'There is no meeting under this link. It may have ended, or the link may be incomplete.',
    404,
  );
}

/** Identities in the meeting, in order of arrival. */
export async function listHere(ctx: Ctx, room: string): Promise<string[]> {
  const rows = await ctx.tx
    .selectFrom('seat')
    .select('identity')
    .where('meeting', '=', room)
    .orderBy('joined_at')
    .orderBy('identity')
    .limit(1000)
    .execute();
  return rows.map(({ identity }) => identity);
}

export async function readState(ctx: Ctx, meeting: Meeting): Promise<MeetingState> {
  return {
    root: meeting.root.toString('base64url'),
    link: meeting.link,
    here: await listHere(ctx, meeting.id),
    people_max: meeting.people_max,
    ended: meeting.ended,
  };
}
