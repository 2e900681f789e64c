import type { Bytes } from './base64url.ts';

const text = new TextEncoder();

/** HKDF-SHA-256 (RFC 5869): the design's `KDF(ikm, salt, info, length)`; length in bytes. */
async function derive(
  secret: Bytes,
  salt: string,
  info: string,
  length_bytes: number,
): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  const parameters = {
    name: 'HKDF',
    hash: 'SHA-256',
    salt: text.encode(salt),
    info: text.encode(info),
  };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length_bytes * 8));
}

/**
 * The door value of a link: 32 bytes shown to the server, which keeps their hash only. From the
 * door nobody comes back to the secret.
 */
export function deriveDoor(secret: Bytes, room: string): Promise<Bytes> {
  return derive(secret, room, 'conclave/door/v1', 32);
}

/** SHA-256 of the door value: what the server stores. */
export async function hashDoor(door: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', door));
}
