import { fromBase64url } from './base64url.ts';
import type { Bytes } from './base64url.ts';
import { labelled } from './fingerprint.ts';

/** PKCS #8 of an Ed25519 key up to its 32-byte seed (RFC 8410 section 7). */
const pkcs8_head = [
  0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/** The meeting's own key (encryption design, section 1). Whoever has its seed is the host. */
export interface RootKey {
  /** 32 bytes. */
  readonly public_key: Bytes;
  /** Ed25519 over `label || 0x00 || message`: 64 bytes. */
  sign(label: string, message: Bytes): Promise<Bytes>;
}

/** The root key of a 32-byte seed. Throws where the browser has no Ed25519. */
export async function openRoot(seed: Bytes): Promise<RootKey> {
  const pkcs8 = new Uint8Array([...pkcs8_head, ...seed]);
  // WebCrypto gives the public half only through an export, so the key must allow one.
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']);
  const public_key = fromBase64url((await crypto.subtle.exportKey('jwk', key)).x ?? '');
  if (public_key?.length !== 32) throw new Error('The browser gave no public key for the seed.');
  return {
    public_key,
    async sign(label, message) {
      return new Uint8Array(await crypto.subtle.sign('Ed25519', key, labelled(label, message)));
    },
  };
}

/** Whether `signature` is the root key's over `label || 0x00 || message`. */
export async function verifyRoot(
  public_key: Bytes,
  label: string,
  message: Bytes,
  signature: Bytes,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', public_key, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, signature, labelled(label, message));
}
