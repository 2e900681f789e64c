/**
 * Signs of life between members (encryption design, section 3.6): a server that holds back a Remove
 * or shows a member a group of its own cannot make them.
 */
import { concat, u32, u64, u8 } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { verify } from './ed25519.ts';
import type { Signer } from './ed25519.ts';
import { must } from './refusal.ts';

/** What a beat vouches for. */
export interface BeatPlace {
  readonly group: Bytes;
  readonly epoch: bigint;
  /** Of that epoch, 32 bytes: members of two halves of a torn group differ in it. */
  readonly confirmed_transcript_hash: Bytes;
}

export interface Beat {
  /** Rises with each beat of a leaf in an epoch, from 0. */
  readonly count: number;
  /** The sender's clock, milliseconds since 1970. */
  readonly sent_ms: number;
}

const label = 'conclave/beat/v1';
/** The first byte of a data frame's body says what it is. */
export const beat_kind = 1;
export const beat_bytes = 1 + 4 + 8 + 64;

function beatMessage(place: BeatPlace, head: Bytes): Bytes {
  return concat(place.group, u64(place.epoch), head, place.confirmed_transcript_hash);
}

/** `u8 1 ‖ u32 count ‖ u64 ms ‖ signature`: 77 bytes, the body of a data frame. */
export async function signBeat(signer: Signer, place: BeatPlace, beat: Beat): Promise<Bytes> {
  const head = concat(u32(beat.count), u64(beat.sent_ms));
  return concat(u8(beat_kind), head, await signer.sign(label, beatMessage(place, head)));
}

/** A beat of the leaf with this signature key. Throws `beat.shape`, `beat.proof`. */
export async function openBeat(body: Bytes, key: Bytes, place: BeatPlace): Promise<Beat> {
  must(body.length === beat_bytes && body[0] === beat_kind, 'beat.shape', 'not a beat');
  const head = body.slice(1, 13);
  const view = new DataView(head.buffer);
  const sent_ms = Number(view.getBigUint64(4));
  must(Number.isSafeInteger(sent_ms), 'beat.shape', 'a clock beyond all clocks');
  const valid = await verify(key, label, beatMessage(place, head), body.slice(13));
  must(valid, 'beat.proof', 'a beat that its leaf did not sign in this epoch');
  return { count: view.getUint32(0), sent_ms };
}
