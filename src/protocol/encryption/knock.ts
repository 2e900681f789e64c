/** What a knock says besides its KeyPackage (encryption design, section 3.3). */
import { concat, sha256, utf8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { decodeJson, encodeJson, readFields, readText } from './json.ts';
import { deriveInfoKey, deriveKnockKey } from './kdf.ts';
import { name_length_max } from './profile.ts';
import { Refusal, must } from './refusal.ts';
import { seal, seal_overhead_bytes, unseal } from './seal.ts';

/** What the person at the door says; every member can read it. */
export interface Greeting {
  readonly name: string;
  readonly note: string;
}

const label = 'conclave/name/v1';
/** UTF-16 units. */
export const note_length_max = 300;
const greeting_bytes_max = 2048;
export const sealed_name_bytes_max = greeting_bytes_max + seal_overhead_bytes;

function macMessage(reference: Bytes, name_hash: Bytes, room: string): Bytes {
  return concat(reference, name_hash, utf8(room));
}

async function importMacKey(
  secret: Bytes,
  room: string,
): ReturnType<typeof crypto.subtle.importKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const raw = await deriveKnockKey(secret, room);
  return crypto.subtle.importKey('raw', raw, algorithm, false, ['sign', 'verify']);
}

/**
 * @param reference KeyPackageRef (RFC 9420 section 5.2).
 * @param secret of the link.
 */
export async function sealGreeting(
  greeting: Greeting,
  reference: Bytes,
  secret: Bytes,
  room: string,
): Promise<Bytes> {
  const { name, note } = greeting;
  const json = encodeJson({ name, note }, greeting_bytes_max);
  return seal(await deriveInfoKey(secret, room), label, reference, json);
}

/** Throws `knock.name`. */
export async function openGreeting(
  sealed: Bytes,
  reference: Bytes,
  secret: Bytes,
  room: string,
): Promise<Greeting> {
  must(sealed.length <= sealed_name_bytes_max, 'knock.name', 'more than a name may have');
  try {
    const json = await unseal(await deriveInfoKey(secret, room), label, reference, sealed);
    const fields = readFields(decodeJson(json, greeting_bytes_max), ['name', 'note']);
    const name = readText(fields.name, name_length_max);
    return { name, note: readText(fields.note, note_length_max) };
  } catch (cause) {
    throw new Refusal('knock.name', 'a name that cannot be read', { cause });
  }
}

/** `HMAC(kMac, reference ‖ SHA-256(sealed name) ‖ room)`: the knocker holds the link. 32 bytes. */
export async function authenticateKnock(
  reference: Bytes,
  sealed_name: Bytes,
  secret: Bytes,
  room: string,
): Promise<Bytes> {
  const message = macMessage(reference, await sha256(sealed_name), room);
  const key = await importMacKey(secret, room);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
}

/** Throws `knock.mac`. */
export async function checkKnockMac(
  mac: Bytes,
  reference: Bytes,
  sealed_name: Bytes,
  secret: Bytes,
  room: string,
): Promise<void> {
  const message = macMessage(reference, await sha256(sealed_name), room);
  const key = await importMacKey(secret, room);
  const valid = mac.length === 32 && (await crypto.subtle.verify('HMAC', key, mac, message));
  must(valid, 'knock.mac', 'a knock of somebody without the link');
}
