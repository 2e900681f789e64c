/**
 * What is heard: one audio element for each remote audio track, in a hidden part of the page, so
 * that no change of the layout ever interrupts a voice.
 */
import { RoomEvent, Track } from './media.ts';
import type { Room } from './media.ts';
import { Signal } from './signal.ts';

const context_ms = 1000;

/**
 * The media client opens an audio context as it connects, against a lag of audio elements in Safari.
 * That holds up the page for some 20 ms in the moment in which it matters most, and can come after.
 */
function postponeContext(room: Room): void {
  const open = room['acquireAudioContext'].bind(room);
  room['acquireAudioContext'] = () => Promise.resolve();
  room.once(RoomEvent.Connected, () => {
    setTimeout(() => {
      room['acquireAudioContext'] = open;
      // It opens none for a room that is over by now.
      open().catch(() => undefined);
    }, context_ms);
  });
}

/** Whether this browser can send sound to a chosen loudspeaker. */
export function canChooseSpeaker(): boolean {
  return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;
}

export class Sound {
  /** The browser waits for a click before it plays anything. */
  readonly blocked = new Signal(false);
  /** The chosen loudspeaker; '' is the system's. */
  readonly speaker: Signal<string>;
  /** One element for each track. */
  readonly place: HTMLElement;
  #room: Room | null = null;

  constructor(speaker: string, life: AbortSignal) {
    this.speaker = new Signal(speaker);
    this.place = document.createElement('div');
    this.place.hidden = true;
    document.body.append(this.place);
    life.addEventListener('abort', () => this.place.remove(), { once: true });
  }

  dress = (room: Room): void => {
    this.#room = room;
    postponeContext(room);
    room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
      if (track.kind !== Track.Kind.Audio) return;
      const element = track.attach();
      element.dataset['identity'] = participant.identity;
      this.place.append(element);
      this.#route(element);
    });
    room.on(RoomEvent.TrackUnsubscribed, (track) => {
      if (track.kind === Track.Kind.Audio) for (const element of track.detach()) element.remove();
    });
    room.on(RoomEvent.SignalConnected, () => {
      // What an earlier room played is over.
      for (const old of Array.from(this.place.children)) {
        if (old instanceof HTMLMediaElement) old.srcObject = null;
        old.remove();
      }
      this.blocked.set(false);
    });
    room.on(RoomEvent.AudioPlaybackStatusChanged, () => this.blocked.set(!room.canPlaybackAudio));
  };

  /** Plays after all; must be called in the handler of a click. */
  play(): void {
    this.#room
      ?.startAudio()
      .then(() => this.blocked.set(false))
      .catch(() => undefined);
  }

  choose(device: string): void {
    this.speaker.set(device);
    for (const element of Array.from(this.place.children)) this.#route(element);
  }

  #route(element: Element): void {
    if (!(element instanceof HTMLMediaElement) || !canChooseSpeaker()) return;
    // A loudspeaker that has gone leaves the sound where the system puts it.
    element.setSinkId(this.speaker.get()).catch(() => undefined);
  }
}
