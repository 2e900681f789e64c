/**
 * GroupInfo and tree as the server keeps them, sealed under the link (encryption design, section
 * 3.2): `u32 version ‖ seal(kInfo, "conclave/info/v1", group ‖ u64 epoch ‖ u32 version, u32 length
 * ‖ GroupInfo ‖ ratchet_tree)`.
 */
import { concat, u32, u64 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { deriveInfoKey } from './kdf.ts';
import { must } from './refusal.ts';
import { seal, seal_overhead_bytes, unseal } from './seal.ts';

const label = 'conclave/info/v1';
export const info_bytes_max = 524_288;

/** Where and of when a sealed info is: bound to it, so that the server cannot exchange two. */
export interface InfoPlace {
  readonly room: string;
  readonly group: Bytes;
  readonly epoch: bigint;
  /** The link's version in that epoch. */
  readonly version: number;
}

export interface Info {
  /** MLS GroupInfo with external_pub. */
  readonly group_info: Bytes;
  /** MLS ratchet_tree. */
  readonly tree: Bytes;
}

function context(place: InfoPlace): Bytes {
  return concat(place.group, u64(place.epoch), u32(place.version));
}

/** @param secret of the link of `place.version`. */
export async function sealInfo(info: Info, secret: Bytes, place: InfoPlace): Promise<Bytes> {
  const key = await deriveInfoKey(secret, place.room);
  const message = concat(u32(info.group_info.length), info.group_info, info.tree);
  return concat(u32(place.version), await seal(key, label, context(place), message));
}

/** The link's version a sealed info is for; unauthenticated. Throws `info.short`. */
export function infoVersion(sealed: Bytes): number {
  must(sealed.length >= 4 + seal_overhead_bytes + 4, 'info.short', 'no sealed info');
  return new DataView(sealed.buffer, sealed.byteOffset).getUint32(0);
}

/** Throws `info.*`, `seal.open`. */
export async function openInfo(sealed: Bytes, secret: Bytes, place: InfoPlace): Promise<Info> {
  must(sealed.length <= info_bytes_max, 'info.shape', 'more than an info may have');
  must(
    infoVersion(sealed) === place.version,
    'info.link',
    'sealed for another version of the link',
  );
  const key = await deriveInfoKey(secret, place.room);
  const message = await unseal(key, label, context(place), sealed.subarray(4));
  const length = new DataView(message.buffer).getUint32(0);
  must(length <= message.length - 4, 'info.shape', 'lengths that do not fit');
  return { group_info: message.slice(4, 4 + length), tree: message.slice(4 + length) };
}
