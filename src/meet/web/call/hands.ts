/** One's own raised hand: the attribute `hand` of one's seat, the time in ms since 1970. */
import type { Room } from './media.ts';
import { follow } from './signal.ts';
import type { Readable, Signal } from './signal.ts';

export class Hand {
  readonly #room: Readable<Room | null>;
  readonly #raised_at: Signal<number | null>;

  constructor(room: Readable<Room | null>, raised_at: Signal<number | null>, life: AbortSignal) {
    this.#room = room;
    this.#raised_at = raised_at;
    // A new connection starts without attributes: the hand keeps its turn.
    follow(room, life, () => raised_at.get() !== null && this.#tell());
  }

  raise(up: boolean): void {
    if ((this.#raised_at.get() !== null) === up) return;
    this.#raised_at.set(up ? Date.now() : null);
    this.#tell();
  }

  #tell(): void {
    const at = this.#raised_at.get();
    this.#room
      .get()
      ?.localParticipant.setAttributes({ hand: at === null ? '' : String(at) })
      // Lost with its connection: the next one tells again.
      .catch(() => undefined);
  }
}
