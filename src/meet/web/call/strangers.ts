/**
 * Who is connected to the media server and has no leaf: a tap, or somebody a server did not put out.
 * They receive sealed frames only, and nothing of theirs is shown; but the lock is not green then
 * (encryption design, section 0).
 */
import { RoomEvent } from './media.ts';
import type { Room } from './media.ts';
import type { GroupView } from './group.ts';
import { Signal, follow } from './signal.ts';
import type { Readable } from './signal.ts';

/** A newcomer's connection may be there before the log of the group is read here, and go after it. */
const unknown_ms_max = 5000;

export class Strangers {
  readonly there = new Signal(false);
  readonly #view: Readable<GroupView>;
  readonly #life: AbortSignal;
  /** By identity: since when. */
  readonly #since = new Map<string, number>();
  #room: Room | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: Readable<GroupView>, life: AbortSignal) {
    this.#view = view;
    this.#life = life;
    follow(view, life, this.#look);
    life.addEventListener('abort', () => clearTimeout(this.#timer));
  }

  dress = (room: Room): void => {
    room.on(RoomEvent.SignalConnected, () => {
      this.#room = room;
      this.#look();
    });
    room.on(RoomEvent.ParticipantConnected, this.#look);
    room.on(RoomEvent.ParticipantDisconnected, this.#look);
  };

  #look = (): void => {
    clearTimeout(this.#timer);
    const { phase, leaves } = this.#view.get();
    if (this.#life.aborted || phase !== 'in') return;
    const now = performance.now();
    const here = this.#room?.remoteParticipants ?? new Map<string, unknown>();
    const unknown = [...here.keys()].filter((identity) => !leaves.has(identity));
    for (const identity of this.#since.keys())
      if (!unknown.includes(identity)) this.#since.delete(identity);
    for (const identity of unknown) if (!this.#since.has(identity)) this.#since.set(identity, now);
    const due_ms = [...this.#since.values()].map((since) => since + unknown_ms_max - now);
    this.there.set(due_ms.some((left_ms) => left_ms <= 0));
    const next_ms = Math.min(...due_ms.filter((left_ms) => left_ms > 0));
    if (next_ms !== Infinity) this.#timer = setTimeout(this.#look, next_ms);
  };
}
