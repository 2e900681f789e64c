/**
 * How much of an encoded frame stays readable for the media server, which repeats and drops frames
 * by it (encryption design, section 5). Sender and receiver count alike, from the frame's own bytes.
 */
import { Refusal } from './refusal.ts';

export const frame_codecs = ['opus', 'vp8', 'vp9', 'data'] as const;
export type FrameCodec = (typeof frame_codecs)[number];

/** Throws `frame.codec` for AV1, H.265 and whatever else is not known to be right. */
export function readCodec(name: string): FrameCodec {
  const codec = frame_codecs.find((known) => known === name.toLowerCase());
  if (codec === undefined) throw new Refusal('frame.codec', 'a codec that is not encrypted here');
  return codec;
}

/**
 * The clear bytes at the start of a frame whose payload has `payload_bytes` bytes: Opus 1 (TOC,
 * RFC 6716 section 3.1), VP8 10 of a key frame and 1 of others (RFC 6386 section 9.1), VP9 and
 * data none.
 */
export function clearLength(codec: FrameCodec, first: number, payload_bytes: number): number {
  return Math.min(wantedLength(codec, first), payload_bytes);
}

function wantedLength(codec: FrameCodec, first: number): number {
  if (codec === 'opus') return 1;
  if (codec === 'vp8') return (first & 1) === 0 ? 10 : 1;
  return 0;
}
