/**
 * The first moments in a room. Somebody who joins wants to see who is there: what they send
 * themselves costs a negotiation and a camera's encoding, and so waits until the first picture
 * has been shown. That is a fraction of a second, and bounded.
 */
import { RoomEvent } from './media.ts';
import type { Room } from './media.ts';
import { Signal } from './signal.ts';

/** After the media line stands, one's own tracks wait no longer than this. */
const connected_max_ms = 500;
/** Nor longer than this where the media line takes its time. */
const signalled_max_ms = 1500;

export class Opening {
  /** The room that is ready for one's own tracks. */
  readonly room = new Signal<Room | null>(null);
  #opening: Room | null = null;
  readonly #life: AbortSignal;

  constructor(life: AbortSignal) {
    this.#life = life;
  }

  dress = (room: Room): void => {
    room.on(RoomEvent.SignalConnected, () => {
      this.#opening = room;
      this.room.set(null);
      if (!expectsPicture(room)) this.#open(room);
      else this.#openAfter(room, signalled_max_ms);
    });
    room.on(RoomEvent.Connected, () => this.#openAfter(room, connected_max_ms));
  };

  /** A picture of somebody else has been shown. */
  seen = (): void => {
    if (this.#opening !== null) this.#open(this.#opening);
  };

  #open(room: Room): void {
    if (this.#opening === room && !this.#life.aborted) this.room.set(room);
  }

  #openAfter(room: Room, ms: number): void {
    setTimeout(() => this.#open(room), ms);
  }
}

/** Whether anybody here has a camera on. */
function expectsPicture(room: Room): boolean {
  return [...room.remoteParticipants.values()].some((person) => person.isCameraEnabled);
}
