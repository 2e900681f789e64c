import type { Person } from './rooms.ts';

/** What happens in the media server's rooms, in order. */
export type MediaEvent =
  /** With each connection: also for somebody who came back before they were missed. */
  | { readonly kind: 'joined'; readonly room: string; readonly identity: string }
  | { readonly kind: 'left'; readonly room: string; readonly identity: string }
  /** The room is gone from the media server; everybody in it has been told as left before. */
  | { readonly kind: 'finished'; readonly room: string }
  /** The engine was gone and is back: people of running calls come back within seconds. */
  | { readonly kind: 'restarted' };

interface Sitting {
  readonly sid: string;
  readonly since_ms: number;
}

interface Room {
  readonly people: Map<string, Sitting>;
  /** When somebody was last told as left, by seat: an older list must not bring them back. */
  readonly gone: Map<string, number>;
}

/**
 * Who is connected where, as far as the media server told. Its reports may be late, doubled or
 * lost, and a seat that reconnects is told as joined before its old connection is told as left:
 * so each connection is known by its `sid`, and lists fetched now and then put the rest right.
 * `now` is a monotonic clock in milliseconds.
 */
export class Presence {
  readonly #rooms = new Map<string, Room>();
  readonly #emit: (event: MediaEvent) => void;
  readonly #now: () => number;

  constructor(emit: (event: MediaEvent) => void, now: () => number = () => performance.now()) {
    this.#emit = emit;
    this.#now = now;
  }

  rooms(): string[] {
    return [...this.#rooms.keys()];
  }

  countPeople(): number {
    let count = 0;
    for (const room of this.#rooms.values()) count += room.people.size;
    return count;
  }

  join(name: string, identity: string, sid: string): void {
    const room = this.#room(name);
    if (room.people.get(identity)?.sid === sid) return;
    room.people.set(identity, { sid, since_ms: this.#now() });
    room.gone.delete(identity);
    this.#emit({ kind: 'joined', room: name, identity });
  }

  /** A `sid` that is no longer the seat's is an old connection of somebody who is back already. */
  leave(name: string, identity: string, sid: string): void {
    const room = this.#rooms.get(name);
    if (room?.people.get(identity)?.sid !== sid) return;
    this.#drop(name, room, identity);
  }

  finish(name: string): void {
    const room = this.#rooms.get(name);
    if (!room) return;
    for (const identity of room.people.keys()) this.#drop(name, room, identity);
    this.#rooms.delete(name);
    this.#emit({ kind: 'finished', room: name });
  }

  /** A room to be looked after although nobody was told as joined yet. */
  expect(name: string): void {
    this.#room(name);
  }

  /** Puts right what reports missed. `asked_ms`: when the list was asked for, by this clock. */
  reconcile(name: string, people: readonly Person[], asked_ms: number): void {
    const room = this.#rooms.get(name);
    if (!room) return;
    const listed = new Set(people.map(({ identity }) => identity));
    for (const [identity, sitting] of room.people) {
      if (!listed.has(identity) && sitting.since_ms < asked_ms) this.#drop(name, room, identity);
    }
    for (const { identity, sid } of people) {
      if (room.people.get(identity)?.sid === sid) continue;
      if ((room.gone.get(identity) ?? -1) < asked_ms) this.join(name, identity, sid);
    }
    for (const [identity, gone_ms] of room.gone) {
      if (gone_ms < asked_ms) room.gone.delete(identity);
    }
    if (room.people.size === 0 && room.gone.size === 0) this.#rooms.delete(name);
  }

  #drop(name: string, room: Room, identity: string): void {
    room.people.delete(identity);
    room.gone.set(identity, this.#now());
    this.#emit({ kind: 'left', room: name, identity });
  }

  #room(name: string): Room {
    const known = this.#rooms.get(name);
    if (known) return known;
    const made: Room = { people: new Map(), gone: new Map() };
    this.#rooms.set(name, made);
    return made;
  }
}
