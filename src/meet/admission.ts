/**
 * Whether a connection to the media engine may be made now. Asked at every connection, beyond
 * the token: a meeting may have ended since the token was given.
 */
import type { Database } from '../app/database.ts';
import { isAway } from '../app/database.ts';

export type Verdict = { readonly people_max: number } | 'refused' | 'unavailable';

const remembered_max = 10_000;

/**
 * Remembers open meetings, so that people whose connection breaks while the database restarts
 * come back into their running call without it.
 */
export class Admission {
  readonly #db: Database;
  readonly #open = new Map<string, { people_max: number }>();

  constructor(db: Database) {
    this.#db = db;
  }

  async admit(room: string): Promise<Verdict> {
    try {
      const row = await this.#db
        .selectFrom('meeting')
        .select(['people_max', 'ended_at'])
        .where('id', '=', room)
        .executeTakeFirst();
      if (row === undefined || row.ended_at !== null) {
        this.#open.delete(room);
        return 'refused';
      }
      this.#remember(room, row.people_max);
      return { people_max: row.people_max };
    } catch (cause) {
      if (!isAway(cause)) throw cause;
      return this.#open.get(room) ?? 'unavailable';
    }
  }

  close(room: string): void {
    this.#open.delete(room);
  }

  #remember(room: string, people_max: number): void {
    this.#open.delete(room);
    this.#open.set(room, { people_max });
    const oldest = this.#open.size > remembered_max ? this.#open.keys().next().value : undefined;
    if (oldest !== undefined) this.#open.delete(oldest);
  }
}
