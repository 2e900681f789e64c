/** For the bench alone: frames of the same length and layout, in clear and unsigned. */
import { concat } from '#src/protocol/encryption/bytes.ts';
import type { Bytes } from '#src/protocol/encryption/bytes.ts';
import type { FrameCodec } from '#src/protocol/encryption/clear.ts';
import { shortest } from '#src/protocol/encryption/frame.ts';
import type { FramePlace, Trailer } from '#src/protocol/encryption/frame.ts';
import type { FrameKey } from '#src/protocol/encryption/kdf.ts';

export { keyIndex, readTrailer } from '#src/protocol/encryption/frame.ts';

const tag = new Uint8Array(16);

export async function sealFrame(
  _key: FrameKey,
  { stream, key_index }: FramePlace,
  counter: number,
  _codec: FrameCodec,
  frame: Bytes,
): Promise<Bytes> {
  if (frame.length === 0) return frame;
  const count = shortest(counter);
  return concat(frame, tag, count, Uint8Array.of(stream, key_index, 0xc0 | count.length));
}

export async function openFrame(
  _key: FrameKey,
  _place: FramePlace,
  { sealed_bytes }: Trailer,
  _codec: FrameCodec,
  frame: Bytes,
): Promise<Bytes> {
  return frame.slice(0, sealed_bytes - tag.length);
}
