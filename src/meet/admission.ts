/**
 * Whether a connection to the media engine may be made now. Asked at every connection, beyond
 * the token: since it was given the meeting may have ended, or its holder been removed.
 */
import type { Database } from '../app/database.ts';
import { isAway } from '../app/database.ts';

export type Verdict = { readonly people_max: number } | 'refused' | 'unavailable';

const remembered_max = 10_000;

/** Whether there is a leaf of that id in the room's group, or one on its way in. */
export type HasSeat = (room: string, id: string) => Promise<boolean>;

/**
 * Remembers who was let in, so that people whose connection breaks while the database restarts
 * come back into their running call without it.
 */
export class Admission {
  readonly #db: Database;
  readonly #hasSeat: HasSeat;
  readonly #admitted = new Map<string, { people_max: number }>();

  constructor(db: Database, hasSeat: HasSeat) {
    this.#db = db;
    this.#hasSeat = hasSeat;
  }

  async admit(room: string, identity: string): Promise<Verdict> {
    const seat = `${room} ${identity}`;
    try {
      const row = await this.#db
        .selectFrom('meeting')
        .select(['people_max', 'ended_at'])
        .where('id', '=', room)
        .executeTakeFirst();
      if (row?.ended_at !== null || !(await this.#hasSeat(room, identity))) {
        this.#admitted.delete(seat);
        return 'refused';
      }
      this.#remember(seat, row.people_max);
      return { people_max: row.people_max };
    } catch (cause) {
      if (!isAway(cause)) throw cause;
      return this.#admitted.get(seat) ?? 'unavailable';
    }
  }

  #remember(seat: string, people_max: number): void {
    this.#admitted.delete(seat);
    this.#admitted.set(seat, { people_max });
    const full = this.#admitted.size > remembered_max;
    const oldest = full ? this.#admitted.keys().next().value : undefined;
    if (oldest !== undefined) this.#admitted.delete(oldest);
  }
}
