import { labelled } from '../link/fingerprint.ts';
import { concat } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { Refusal, must } from './refusal.ts';

const nonce_bytes = 12;
const tag_bytes = 16;

/** What sealing adds: nonce and tag. */
export const seal_overhead_bytes = nonce_bytes + tag_bytes;

/**
 * `n ‖ AES-256-GCM(key, n, aad = label ‖ 0x00 ‖ context, message)` (encryption design, section 2),
 * n of 12 random bytes: few enough messages are sealed under one key for random nonces.
 */
export async function seal(
  key: Bytes,
  label: string,
  context: Bytes,
  message: Bytes,
): Promise<Bytes> {
  return sealWith(
    crypto.getRandomValues(new Uint8Array(nonce_bytes)),
    key,
    label,
    context,
    message,
  );
}

/** `seal` with a nonce given, for known answers. */
export async function sealWith(
  iv: Bytes,
  key: Bytes,
  label: string,
  context: Bytes,
  message: Bytes,
): Promise<Bytes> {
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const parameters = { name: 'AES-GCM', iv, additionalData: labelled(label, context) };
  return concat(iv, new Uint8Array(await crypto.subtle.encrypt(parameters, aes, message)));
}

/** What was sealed under the same key, label and context. Throws `seal.short`, `seal.open`. */
export async function unseal(
  key: Bytes,
  label: string,
  context: Bytes,
  sealed: Bytes,
): Promise<Bytes> {
  must(sealed.length >= seal_overhead_bytes, 'seal.short', 'shorter than nonce and tag');
  const aes = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['decrypt']);
  const iv = sealed.subarray(0, nonce_bytes);
  const parameters = { name: 'AES-GCM', iv, additionalData: labelled(label, context) };
  try {
    const opened = await crypto.subtle.decrypt(parameters, aes, sealed.subarray(nonce_bytes));
    return new Uint8Array(opened);
  } catch (cause) {
    throw new Refusal('seal.open', 'sealed under another key or for another place', { cause });
  }
}
