/**
 * The receiving side of one publisher's source: of every frame exactly one key is tried, that of
 * the leaf and source the caller asks for, the epoch of keyIndex and the stream of the trailer.
 */
import { wipe } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import type { FrameCodec } from './clear.ts';
import { keyIndex, openFrame, readTrailer } from './frame.ts';
import { deriveFrameKey } from './kdf.ts';
import type { FrameKey } from './kdf.ts';
import { Refusal, must } from './refusal.ts';
import { openReplayWindow } from './replay.ts';
import type { ReplayWindow } from './replay.ts';

/** How long old keys live past the next epoch, and past one in which somebody was removed. */
export const old_keys_ms = 10_000;
export const old_keys_after_remove_ms = 2000;

export interface FrameOpener {
  /**
   * The publisher's media key of an epoch, for frames from now on. Older keys go 10 s later, all
   * of them 2 s later if the epoch began with a Remove.
   */
  enterEpoch(epoch: bigint, media: Bytes, removed: boolean, now_ms: number): void;
  /** The commit that began `epoch` is void: the epoch before it goes on, if its keys are here. */
  dropEpoch(epoch: bigint): void;
  /** Throws `frame.*`. */
  open(codec: FrameCodec, frame: Bytes, now_ms: number): Promise<Bytes>;
  /** Epochs whose keys are there now. */
  epochs(now_ms: number): readonly bigint[];
}

interface EpochKeys {
  readonly epoch: bigint;
  readonly media: Bytes;
  readonly streams: Map<number, Promise<StreamKey>>;
  /** Until when it may be used; without end for the newest. */
  until_ms: number;
}

interface StreamKey {
  readonly key: FrameKey;
  readonly window: ReplayWindow;
}

/** @param leaf the one whose identity the media engine gives for the track. */
export function openSource(leaf: number, source: number): FrameOpener {
  let known: EpochKeys[] = [];
  const forget = (now_ms: number): void => {
    for (const old of known) if (old.until_ms <= now_ms) wipe(old.media);
    known = known.filter((epoch) => epoch.until_ms > now_ms);
  };
  return {
    enterEpoch(epoch, media, removed, now_ms) {
      const limit_ms = now_ms + (removed ? old_keys_after_remove_ms : old_keys_ms);
      for (const old of known) {
        // Epochs do not come twice or fall; two of them 256 apart would share an index, and one key
        // only may be tried.
        const over = old.epoch >= epoch || old.epoch + 256n <= epoch;
        old.until_ms = over ? now_ms : Math.min(old.until_ms, limit_ms);
      }
      forget(now_ms);
      const until_ms = Number.POSITIVE_INFINITY;
      known.push({ epoch, media: media.slice(), streams: new Map(), until_ms });
    },
    dropEpoch(epoch) {
      for (const dropped of known) if (dropped.epoch >= epoch) wipe(dropped.media);
      known = known.filter((kept) => kept.epoch < epoch);
      const last = known.at(-1);
      if (last) last.until_ms = Number.POSITIVE_INFINITY;
    },
    async open(codec, frame, now_ms) {
      if (frame.length === 0) return frame;
      const trailer = readTrailer(frame);
      forget(now_ms);
      const { counter, stream, key_index } = trailer;
      const keys = known.find(({ epoch }) => keyIndex(epoch) === key_index);
      if (!keys && isPast(known, key_index)) throw new Refusal('frame.past', 'a key that is over');
      if (!keys) throw new Refusal('frame.epoch', 'a key that is not here yet');
      const { key, window } = await streamKey(keys, source, stream);
      must(window.isNew(counter), 'frame.replay', 'a frame that was here before');
      const place = { leaf, source, stream, key_index };
      const opened = await openFrame(key, place, trailer, codec, frame);
      must(window.accept(counter), 'frame.replay', 'a frame that was here before');
      return opened;
    },
    epochs(now_ms) {
      forget(now_ms);
      return known.map(({ epoch }) => epoch);
    },
  };
}

/** Whether an index is of an epoch before all that are known: its key does not come any more. */
function isPast(known: readonly EpochKeys[], key_index: number): boolean {
  const [first] = known;
  if (first === undefined) return false;
  const behind = (keyIndex(first.epoch) - key_index + 256) % 256;
  return behind > 0 && behind < 128;
}

function streamKey(keys: EpochKeys, source: number, stream: number): Promise<StreamKey> {
  const known = keys.streams.get(stream);
  if (known) return known;
  const derived = deriveFrameKey(keys.media, source, stream).then((key) => ({
    key,
    window: openReplayWindow(),
  }));
  keys.streams.set(stream, derived);
  return derived;
}
