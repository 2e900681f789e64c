/**
 * Whether a connection to the media engine may be made now. Asked at every connection, beyond
 * the token: since it was given the meeting may have ended, or its holder been removed.
 */
import type { Database } from '../app/database.ts';
import { isAway } from '../app/database.ts';
import type { Send } from '../protocol/encryption/rights.ts';

export interface Admitted {
  readonly people_max: number;
  /** What the seat may send. */
  readonly sends: readonly Send[];
}
export type Verdict = Admitted | 'refused' | 'unavailable';

const remembered_max = 10_000;
/**
 * Whoever has proven a key at an open gate has a token before they knock, and connects as they do:
 * the knock may be a moment behind, and on a busy server more than that.
 */
const knock_ms_max = 2000;
/** Each pause between two looks is twice the one before. */
const look_ms = { first: 20, most: 200 };

/** What is asked of the delivery service about an id in a room. */
export interface Seats {
  /** Whether there is a leaf of that id in the room's group, or one on its way in. */
  has(room: string, id: string): Promise<boolean>;
  sends(room: string, id: string): Promise<readonly Send[]>;
}

/**
 * Remembers who was let in, so that people whose connection breaks while the database restarts
 * come back into their running call without it.
 */
export class Admission {
  readonly #db: Database;
  readonly #seats: Seats;
  readonly #admitted = new Map<string, Admitted>();

  constructor(db: Database, seats: Seats) {
    this.#db = db;
    this.#seats = seats;
  }

  async admit(room: string, identity: string): Promise<Verdict> {
    const seat = `${room} ${identity}`;
    try {
      const row = await this.#db
        .selectFrom('meeting')
        .select(['people_max', 'ended_at'])
        .where('id', '=', room)
        .executeTakeFirst();
      if (row?.ended_at !== null || !(await this.#isSeated(room, identity))) {
        this.#admitted.delete(seat);
        return 'refused';
      }
      const { people_max } = row;
      const admitted = { people_max, sends: await this.#seats.sends(room, identity) };
      this.#remember(seat, admitted);
      return admitted;
    } catch (cause) {
      if (!isAway(cause)) throw cause;
      return this.#admitted.get(seat) ?? 'unavailable';
    }
  }

  async #isSeated(room: string, identity: string): Promise<boolean> {
    const until_ms = performance.now() + knock_ms_max;
    for (let pause_ms = look_ms.first; !(await this.#seats.has(room, identity)); pause_ms *= 2) {
      if (performance.now() > until_ms) return false;
      await new Promise((resolve) => setTimeout(resolve, Math.min(pause_ms, look_ms.most)));
    }
    return true;
  }

  #remember(seat: string, admitted: Admitted): void {
    this.#admitted.delete(seat);
    this.#admitted.set(seat, admitted);
    const full = this.#admitted.size > remembered_max;
    const oldest = full ? this.#admitted.keys().next().value : undefined;
    if (oldest !== undefined) this.#admitted.delete(oldest);
  }
}
