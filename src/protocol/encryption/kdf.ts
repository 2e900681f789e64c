/** The keys of a meeting and where each comes from (encryption design, section 2). */
import { toBase64url } from '../link/base64url.ts';
import { labelled } from '../link/fingerprint.ts';
import { concat, sha256, u32, u8, utf8, wipe } from './bytes.ts';
import type { Bytes } from './bytes.ts';

/** HKDF-SHA-256 (RFC 5869): the design's `KDF(ikm, salt, info, length)`; length in bytes. */
export async function derive(
  ikm: Bytes,
  salt: string,
  info: Bytes,
  length_bytes: number,
): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits']);
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: utf8(salt), info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length_bytes * 8));
}

/** The external PSK of a link's secret: what every Welcome must have used. 32 bytes. */
export function derivePsk(secret: Bytes, room: string): Promise<Bytes> {
  return derive(secret, room, utf8('conclave/psk/v1'), 32);
}

/** The name of that PSK inside MLS: `link:<version>`. */
export function pskName(version: number): Bytes {
  return utf8(`link:${String(version)}`);
}

/** The HMAC key of knocks. 32 bytes. */
export function deriveKnockKey(secret: Bytes, room: string): Promise<Bytes> {
  return derive(secret, room, utf8('conclave/knock/v1'), 32);
}

/** The key that seals GroupInfo and tree, and the names in knocks. 32 bytes. */
export function deriveInfoKey(secret: Bytes, room: string): Promise<Bytes> {
  return derive(secret, room, utf8('conclave/info/v1'), 32);
}

/** Labels of the MLS exporter (RFC 9420 section 8.5); each result has 32 bytes. */
export const exporter_labels = {
  media: 'conclave/media/v1',
  verify: 'conclave/verify/v1',
  link: 'conclave/link/v1',
} as const;

/** The exporter context of a publisher's media key: u32 leaf ‖ SHA-256(signature key). */
export async function mediaContext(leaf: number, signature_key: Bytes): Promise<Bytes> {
  return concat(u32(leaf), await sha256(signature_key));
}

/** The exporter context of the secret of link version `version`. */
export function linkContext(version: number): Bytes {
  return u32(version);
}

/** What seals the frames of one stream: an AES-256-GCM key and the salt of its nonces. */
export interface FrameKey {
  readonly key: Awaited<ReturnType<typeof crypto.subtle.importKey>>;
  /** 12 bytes. */
  readonly salt: Bytes;
}

/** 44 bytes of key and salt, before they become a key that cannot be taken out again. */
export function deriveFrameBits(media: Bytes, source: number, stream: number): Promise<Bytes> {
  const info = labelled('conclave/frame/v1', concat(u8(source), u8(stream)));
  return derive(media, '', info, 44);
}

/** The key of one stream of one source, from the publisher's media key of the epoch. */
export async function deriveFrameKey(
  media: Bytes,
  source: number,
  stream: number,
): Promise<FrameKey> {
  const bits = await deriveFrameBits(media, source, stream);
  const raw = bits.slice(0, 32);
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const salt = bits.slice(32);
  wipe(bits, raw);
  return { key, salt };
}

/** By which leaves are put in order to commit, the lowest first. 32 bytes. */
export function rankValue(epoch_authenticator: Bytes, leaf: number): Promise<Bytes> {
  return sha256(labelled('conclave/rank/v1', concat(epoch_authenticator, u32(leaf))));
}

/** A leaf's name at the media engine: 22 characters of its signature key's hash. */
export async function identityOf(signature_key: Bytes): Promise<string> {
  return toBase64url(await sha256(signature_key)).slice(0, 22);
}
