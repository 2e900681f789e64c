/**
 * Tells the guard what each received track stands for: the source it is rendered as, of the leaf
 * whose identity it comes under. A wrong one does not authenticate (encryption design, section 6).
 */
import { sources } from '../../../protocol/encryption/frame.ts';
import type { Guard } from '../guard/guard.ts';
import { RoomEvent, Track } from './media.ts';
import type { RemoteTrack, Room } from './media.ts';

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

export function bindTracks(guard: Guard, room: Room): void {
  room.on(RoomEvent.TrackSubscribed, ({ receiver }, { source }, { identity }) => {
    const number = sourceOf(source);
    if (!receiver || number === undefined) return;
    guard.bind(receiver, { direction: 'receive', identity, source: number });
  });
  // The media client uses a transceiver again for another track.
  room.on(RoomEvent.TrackUnsubscribed, ({ receiver }: RemoteTrack) => {
    if (receiver) guard.bind(receiver, null);
  });
}
