import type { Bytes } from './base64url.ts';

const text = new TextEncoder();
const fingerprint_bytes = 16;

/** `label || 0x00 || message`: what a signature or a fingerprint covers. */
export function labelled(label: string, message: Bytes): Bytes {
  const head = text.encode(label);
  const whole = new Uint8Array(head.length + 1 + message.length);
  whole.set(head);
  whole.set(message, head.length + 1);
  return whole;
}

/** The root key's fingerprint in the link: the first 16 bytes of a labelled SHA-256. */
export async function rootFingerprint(public_key: Bytes): Promise<Bytes> {
  const hash = await crypto.subtle.digest('SHA-256', labelled('conclave/root/v1', public_key));
  return new Uint8Array(hash, 0, fingerprint_bytes).slice();
}
