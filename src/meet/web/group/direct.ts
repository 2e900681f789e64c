/**
 * Private messages: that somebody writes to somebody stands in the log of the group, what they write
 * only these two can read (encryption design, section 5). The sender keeps their own copy.
 */
import { toBase64url } from '../../../protocol/link/base64url.ts';
import { bytesOf, decodeJson, encodeJson } from '../../../protocol/encryption/json.ts';
import { readFields, readText } from '../../../protocol/encryption/json.ts';
import { Refusal, must } from '../../../protocol/encryption/refusal.ts';
import { openDirect, sealDirect } from '../../../protocol/mls/app.ts';
import type { Group } from '../../../protocol/mls/group.ts';
import { encodeMessage, id_length_max, readRef, text_length_max } from './saying.ts';
import type { Chat } from './saying.ts';
import type { SealedFor } from './breakouts.ts';
import type { Stay } from './stay.ts';

/** JSON escapes a control character in six bytes. */
const body_bytes_max = 6 * text_length_max + 1024;

/**
 * Seals in the epoch it goes out in, since a leaf's key is of one epoch.
 * @throws Refusal `mls.sender` where nobody of that name is there, `json.*`
 */
export function sendDirect(stay: Stay, to: string, { id, text, re }: Chat): Promise<number> {
  return stay.post(async () => {
    const seat = stay.seats.find(({ identity }) => identity === to);
    must(seat !== undefined, 'mls.sender', 'nobody of that name is there');
    const body = encodeJson({ id, text, re }, body_bytes_max);
    const sealed = toBase64url(await sealDirect(stay.following.group, seat.leaf, body));
    return encodeMessage({ kind: 'sealed', to, sealed });
  });
}

/** What was sealed for oneself; null where it is not what it should be. */
export async function readDirect(group: Group, { sealed }: SealedFor): Promise<Chat | null> {
  try {
    const body = decodeJson(await openDirect(group, bytesOf(sealed)), body_bytes_max);
    const { id, text, re } = readFields(body, ['id', 'text', 're']);
    return {
      id: readText(id, id_length_max),
      text: readText(text, text_length_max),
      re: re === null ? null : readRef(re),
    };
  } catch (cause) {
    if (cause instanceof Refusal) return null;
    throw cause;
  }
}
