/**
 * Proof of work for making a meeting while very many are made (Back, Hashcash, 2002): SHA-256 of
 * `room.nonce` begins with so many zero bits. It costs whoever floods a server more than the server.
 */
import { toBase64url } from './base64url.ts';

/** The most that is asked for: about a million hashes, some seconds. */
export const work_bits_max = 20;
export const nonce_length_max = 22;

const encoder = new TextEncoder();

/** How many zero bits a hash begins with. */
export function zeroBits(hash: Uint8Array): number {
  let bits = 0;
  for (const byte of hash) {
    if (byte === 0) {
      bits += 8;
      continue;
    }
    return bits + Math.clz32(byte) - 24;
  }
  return bits;
}

async function digest(room: string, nonce: string): Promise<Uint8Array> {
  const text = encoder.encode(`${room}.${nonce}`);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', text));
}

/** Whether the nonce is worth that many bits for this room. */
export async function isWorth(room: string, nonce: string, bits: number): Promise<boolean> {
  return bits === 0 || zeroBits(await digest(room, nonce)) >= bits;
}

/** How many hashes are tried at a time: the browser makes them beside each other. */
const at_once = 64;

/** Finds a nonce of that worth; '' where nothing is asked for. */
export async function findNonce(room: string, bits: number): Promise<string> {
  if (bits === 0) return '';
  const base = toBase64url(crypto.getRandomValues(new Uint8Array(8)));
  for (let from = 0; ; from += at_once) {
    const nonces = Array.from({ length: at_once }, (_, at) => base + (from + at).toString(36));
    const hashes = await Promise.all(nonces.map((nonce) => digest(room, nonce)));
    const found = hashes.findIndex((each) => zeroBits(each) >= bits);
    if (found >= 0) return nonces[found] ?? '';
  }
}
