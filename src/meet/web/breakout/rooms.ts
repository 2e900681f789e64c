/** Making and ending the meetings that breakout rooms are; loaded when a host does so. */
import { deriveDoor } from '../../../protocol/link/door.ts';
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { parseFragment } from '../../../protocol/link/link.ts';
import { endForEveryone } from '../call/end-for-everyone.ts';
import { createMeeting } from '../create.ts';
import type { BreakoutRoom } from '../group/breakouts.ts';
import { readRootSeed } from '../root-key.ts';

/** Makes a meeting for each name; this browser keeps their root keys. @throws Refused */
export async function makeRooms(names: readonly string[]): Promise<BreakoutRoom[]> {
  const rooms: BreakoutRoom[] = [];
  // One after the other: twenty at once would be taken for abuse.
  for (const name of names) rooms.push({ name, link: await createMeeting() });
  return rooms;
}

/**
 * Ends those of which this browser has the root key. One that cannot be ended now is empty, and
 * forgotten by the server a day later.
 */
export async function endRooms(rooms: readonly BreakoutRoom[]): Promise<void> {
  await Promise.all(rooms.map((room) => endRoom(room).catch(() => undefined)));
}

async function endRoom(breakout: BreakoutRoom): Promise<void> {
  const [path = '', fragment = ''] = breakout.link.split('#');
  const room = path.slice('/m/'.length);
  const seed = await readRootSeed(room);
  const { link } = parseFragment(room, fragment);
  if (seed === null || link === null) return;
  const door = async (): Promise<string> => toBase64url(await deriveDoor(link.secret, room));
  await endForEveryone({ room, door }, seed);
}
