import { toBase64url } from '../../protocol/link/base64url.ts';
import { deriveDoor, hashDoor } from '../../protocol/link/door.ts';
import { rootFingerprint } from '../../protocol/link/fingerprint.ts';
import { formatLink } from '../../protocol/link/link.ts';
import { openRoot } from '../../protocol/link/root.ts';
import { api } from './api.ts';
import { keepRootSeed } from './root-key.ts';
import { findNonceAside } from './work.ts';

/**
 * Makes a meeting and gives the path and fragment of its link. The secret and the root key are
 * made here; the server learns the public key, and the hash of the door value.
 *
 * @throws Refused, or a NotSupportedError where the browser lacks an algorithm.
 */
export async function createMeeting(): Promise<string> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const root = await openRoot(seed);
  const { room, grant, bits } = await api.meet.reserve({});
  const [door, nonce] = await Promise.all([deriveDoor(secret, room), findNonceAside(room, bits)]);
  // Before the meeting exists: a meeting whose key was lost has no host.
  await keepRootSeed(room, seed);
  await api.meet.create({
    room,
    grant,
    root: toBase64url(root.public_key),
    door_hash: toBase64url(await hashDoor(door)),
    ...(nonce !== '' && { nonce }),
  });
  const fingerprint = await rootFingerprint(root.public_key);
  return formatLink({ room, version: 1, secret, fingerprint });
}
