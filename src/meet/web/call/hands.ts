/** One's own raised hand: the attribute `hand` of one's seat, the time in ms since 1970. */
import { RoomEvent } from './media.ts';
import type { Room } from './media.ts';
import { Signal } from './signal.ts';

export class Hand {
  /** Since when it is up; null while it is down. */
  readonly raised_at = new Signal<number | null>(null);
  #room: Room | null = null;

  dress = (room: Room): void => {
    room.on(RoomEvent.SignalConnected, () => {
      this.#room = room;
      // A new connection starts without attributes: the hand keeps its turn.
      if (this.raised_at.get() !== null) this.#tell();
    });
  };

  raise(up: boolean): void {
    if ((this.raised_at.get() !== null) === up) return;
    this.raised_at.set(up ? Date.now() : null);
    this.#tell();
  }

  #tell(): void {
    const at = this.raised_at.get();
    this.#room?.localParticipant
      .setAttributes({ hand: at === null ? '' : String(at) })
      // Lost with its connection: the next one tells again.
      .catch(() => undefined);
  }
}
