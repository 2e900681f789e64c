/** What gives every sealed frame a key and a nonce that no other frame has. */
import type { Bytes } from './bytes.ts';
import type { FrameCodec } from './clear.ts';
import { keyIndex, sealFrame } from './frame.ts';
import type { FramePlace } from './frame.ts';
import { deriveFrameKey } from './kdf.ts';
import { Refusal, must } from './refusal.ts';

/** Numbers for the runs of encryptors: one per (source, epoch), never given twice. */
export interface StreamNumbers {
  /** Throws `stream.exhausted` after 256, `stream.old-epoch` before the last epoch but one. */
  next(epoch: bigint, source: number): number;
}

const streams_max = 256;

/**
 * To be kept beside the group's state, and lost only with it: who lost its state comes back in a
 * new epoch, in which no number was given. A commit can be void, so the epoch before the last one
 * counts on; older ones are over.
 */
export function numberStreams(): StreamNumbers {
  let latest = 0n;
  const given = new Map<string, number>();
  return {
    next(epoch, source) {
      must(epoch + 1n >= latest, 'stream.old-epoch', 'an epoch that is over');
      if (epoch > latest) {
        latest = epoch;
        for (const place of given.keys()) {
          if (BigInt(place.split(' ')[0] ?? '') + 1n < latest) given.delete(place);
        }
      }
      const place = `${String(epoch)} ${String(source)}`;
      const stream = given.get(place) ?? 0;
      if (stream >= streams_max) {
        throw new Refusal('stream.exhausted', 'no stream left in this epoch: commit first');
      }
      given.set(place, stream + 1);
      return stream;
    },
  };
}

/** One run of an encryptor: a key and a counter of its own. */
export interface FrameSealer {
  readonly place: FramePlace;
  seal(codec: FrameCodec, frame: Bytes): Promise<Bytes>;
}

/**
 * @param media the publisher's media key of `epoch`, 32 bytes.
 * @param stream from `numberStreams` of the same group, not used before.
 */
export async function openSealer(
  media: Bytes,
  epoch: bigint,
  place: Omit<FramePlace, 'key_index'>,
): Promise<FrameSealer> {
  const whole = { ...place, key_index: keyIndex(epoch) };
  const key = await deriveFrameKey(media, place.source, place.stream);
  let counter = 0;
  return {
    place: whole,
    async seal(codec, frame) {
      // Taken before anything is awaited: frames sealed side by side must not share it.
      const own = counter;
      counter += 1;
      return sealFrame(key, whole, own, codec, frame);
    },
  };
}
