/**
 * One encrypted frame (encryption design, section 5):
 * `clear ‖ ciphertext ‖ tag 16 ‖ counter (1..8, shortest) ‖ u8 stream ‖ u8 keyIndex ‖ u8 (0xC0 |
 * counter length)`.
 */
import { concat, u32, u64, u8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { clearLength } from './clear.ts';
import type { FrameCodec } from './clear.ts';
import type { FrameKey } from './kdf.ts';
import { Refusal, must } from './refusal.ts';

/** What a frame is of. The number is part of key and authenticated data. */
export const sources = {
  data: 0,
  microphone: 1,
  camera: 2,
  screen: 3,
  screen_audio: 4,
} as const;
export type Source = keyof typeof sources;

const tag_bytes = 16;
/** Above what any encoder makes of one picture. */
export const frame_bytes_max = 4 * 1024 * 1024;

/** Whose frame it is and under which key: all of it is authenticated. */
export interface FramePlace {
  readonly leaf: number;
  readonly source: number;
  readonly stream: number;
  /** Epoch modulo 256. */
  readonly key_index: number;
}

export interface Trailer {
  readonly counter: number;
  readonly stream: number;
  readonly key_index: number;
  /** Clear bytes, ciphertext and tag. */
  readonly sealed_bytes: number;
}

/** The key index of an epoch. */
export function keyIndex(epoch: bigint): number {
  return Number(epoch & 0xffn);
}

function nonceOf(salt: Bytes, counter: number): Bytes {
  const nonce = concat(u32(0), u64(counter));
  for (const [at, byte] of salt.entries()) nonce[at] = (nonce[at] ?? 0) ^ byte;
  return nonce;
}

function authenticated(place: FramePlace, counter: number, clear: Uint8Array): Bytes {
  const { source, stream, key_index, leaf } = place;
  return concat(u8(source), u8(stream), u8(key_index), u64(counter), u32(leaf), clear);
}

/** Without the zeros before it; of 0 one byte. */
export function shortest(counter: number): Bytes {
  const bytes = u64(counter);
  const first = bytes.findIndex((byte) => byte !== 0);
  return bytes.slice(first === -1 ? 7 : first);
}

/**
 * A frame sealed with a counter that this key has not sealed with before; `sealing.ts` counts. An
 * empty frame stays empty. Throws `frame.limit`.
 */
export async function sealFrame(
  frame_key: FrameKey,
  place: FramePlace,
  counter: number,
  codec: FrameCodec,
  frame: Bytes,
): Promise<Bytes> {
  if (frame.length === 0) return frame;
  must(frame.length <= frame_bytes_max, 'frame.limit', 'larger than a frame may be');
  const clear = frame.subarray(0, clearLength(codec, frame[0] ?? 0, frame.length));
  const algorithm = {
    name: 'AES-GCM',
    iv: nonceOf(frame_key.salt, counter),
    additionalData: authenticated(place, counter, clear),
  };
  const body = frame.subarray(clear.length);
  const sealed = await crypto.subtle.encrypt(algorithm, frame_key.key, body);
  const count = shortest(counter);
  const tail = Uint8Array.of(place.stream, place.key_index, 0xc0 | count.length);
  return concat(clear, new Uint8Array(sealed), count, tail);
}

/** What stands behind a sealed frame; unauthenticated. Throws `frame.short`, `frame.trailer`. */
export function readTrailer(frame: Bytes): Trailer {
  must(frame.length <= frame_bytes_max + 64, 'frame.limit', 'larger than a frame may be');
  const last = frame.at(-1) ?? 0;
  const length = last ^ 0xc0;
  must(length >= 1 && length <= 8, 'frame.trailer', 'no trailer of ours');
  const sealed_bytes = frame.length - 3 - length;
  must(sealed_bytes >= tag_bytes, 'frame.short', 'shorter than tag and trailer');
  const digits = frame.subarray(sealed_bytes, sealed_bytes + length);
  must(length === 1 || digits[0] !== 0, 'frame.trailer', 'a counter written too long');
  const counter = digits.reduce((value, byte) => value * 256 + byte, 0);
  must(Number.isSafeInteger(counter), 'frame.trailer', 'a counter beyond all counters');
  const [stream = 0, key_index = 0] = frame.subarray(sealed_bytes + length);
  return { counter, stream, key_index, sealed_bytes };
}

/**
 * The frame that was sealed with this key for this place; the trailer is `readTrailer`'s. Whether
 * it was opened before is not asked here. Throws `frame.auth`.
 */
export async function openFrame(
  frame_key: FrameKey,
  place: FramePlace,
  trailer: Trailer,
  codec: FrameCodec,
  frame: Bytes,
): Promise<Bytes> {
  const { counter, sealed_bytes } = trailer;
  const clear = frame.subarray(0, clearLength(codec, frame[0] ?? 0, sealed_bytes - tag_bytes));
  const algorithm = {
    name: 'AES-GCM',
    iv: nonceOf(frame_key.salt, counter),
    additionalData: authenticated(place, counter, clear),
  };
  const body = frame.subarray(clear.length, sealed_bytes);
  try {
    const opened = await crypto.subtle.decrypt(algorithm, frame_key.key, body);
    return concat(clear, new Uint8Array(opened));
  } catch (cause) {
    throw new Refusal('frame.auth', 'not sealed by this leaf for this place', { cause });
  }
}
