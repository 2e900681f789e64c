/**
 * Tells the guard what each received track stands for: the source it is rendered as, of the leaf
 * whose identity it comes under. A wrong one does not authenticate (encryption design, section 6);
 * one whose leaf may not send it stands for nothing, and is dropped.
 */
import { sources } from '../../../protocol/encryption/frame.ts';
import type { Guard } from '../guard/guard.ts';
import { RoomEvent, Track } from './media.ts';
import type { RemoteTrack, Room } from './media.ts';
import type { Rules } from './rules.ts';
import { follow } from './signal.ts';

const numbers: Partial<Record<Track.Source, number>> = {
  [Track.Source.Microphone]: sources.microphone,
  [Track.Source.Camera]: sources.camera,
  [Track.Source.ScreenShare]: sources.screen,
  [Track.Source.ScreenShareAudio]: sources.screen_audio,
};

/** The number of a LiveKit source in keys and frames; undefined for what is never rendered. */
export function sourceOf(source: Track.Source): number | undefined {
  return numbers[source];
}

interface Bound {
  readonly identity: string;
  readonly source: Track.Source;
  heard: boolean;
}

export class Bindings {
  readonly #guard: Guard;
  readonly #rules: Rules;
  readonly #bound = new Map<RTCRtpReceiver, Bound>();

  constructor(guard: Guard, rules: Rules, life: AbortSignal) {
    this.#guard = guard;
    this.#rules = rules;
    follow(rules.changed, life, () => {
      for (const [receiver, bound] of this.#bound) {
        if (bound.heard !== rules.hears(bound.identity, bound.source)) this.#bind(receiver, bound);
      }
    });
  }

  dress = (room: Room): void => {
    this.#bound.clear();
    room.on(RoomEvent.TrackSubscribed, ({ receiver }, { source }, { identity }) => {
      if (!receiver || sourceOf(source) === undefined) return;
      this.#bind(receiver, { identity, source, heard: false });
    });
    // The media client uses a transceiver again for another track.
    room.on(RoomEvent.TrackUnsubscribed, ({ receiver }: RemoteTrack) => {
      if (!receiver) return;
      this.#bound.delete(receiver);
      this.#guard.bind(receiver, null);
    });
  };

  #bind(receiver: RTCRtpReceiver, bound: Bound): void {
    const { identity, source } = bound;
    const number = sourceOf(source);
    bound.heard = this.#rules.hears(identity, source);
    this.#bound.set(receiver, bound);
    const stands = bound.heard && number !== undefined;
    this.#guard.bind(receiver, stands ? { direction: 'receive', identity, source: number } : null);
  }
}
