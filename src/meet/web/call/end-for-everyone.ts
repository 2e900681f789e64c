/** Ends the meeting for everybody; its script comes when the host presses the button. */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { openRoot } from '../../../protocol/link/root.ts';
import { end_label } from '../../meeting.ts';
import { api } from '../api.ts';
import type { Entry } from '../entry.ts';

/** The root key's signature over the room's id proves the host (meetings design, section 4). */
export async function endForEveryone(
  { room, door }: Pick<Entry, 'room' | 'door'>,
  seed: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const root = await openRoot(seed);
  const proof = toBase64url(await root.sign(end_label, new TextEncoder().encode(room)));
  await api.meet.end({ room, door: await door(), proof });
}
