/**
 * When members make new keys for themselves though nothing else needs a commit (encryption design,
 * section 3.4): whoever had read a device's memory, and has not since, is locked out again
 * (post-compromise security); and after many have joined at once, the tree is filled, so that the
 * next removal is a small message. Pure: the caller brings the time.
 */

/** After so long a member's keys are old. */
export const renewal_ms = 600_000;
/** Between two such commits, whoever makes them: each is work for everybody. */
export const between_renewals_ms = 10_000;
/** A commit that adds so many leaves the tree hollow. */
export const storm_min = 8;
/** So many fill it again, one a second. */
export const storm_ranks = 15;
const storm_turn_ms = 1000;

/** An epoch that has begun. */
export interface Begun {
  /** Keys of the leaves, in their order. */
  readonly keys: readonly string[];
  /** Whose commit it was; null where one entered by it. */
  readonly by: string | null;
  readonly added: number;
  /** Whether the commit brought new keys of its maker: one that only adds does not. */
  readonly path: boolean;
  /** One's own place among those who were there before, in the order of ranks. */
  readonly place: number;
}

export class Renewal {
  readonly #own: string;
  /** By key: when it was renewed, or first seen here; in the order of the leaves. */
  #renewed = new Map<string, number>();
  #last_ms = Number.NEGATIVE_INFINITY;
  /** One's turn after a storm. */
  #storm_ms = Number.POSITIVE_INFINITY;
  #wanted = false;

  constructor(own: string) {
    this.#own = own;
  }

  enterEpoch({ keys, by, added, path, place }: Begun, now_ms: number): void {
    this.#renewed = new Map(keys.map((key) => [key, this.#renewed.get(key) ?? now_ms]));
    if (added >= storm_min) {
      const turn_ms = now_ms + (place + 1) * storm_turn_ms;
      this.#storm_ms = place < storm_ranks ? turn_ms : Number.POSITIVE_INFINITY;
    }
    if (by === null || !path) return;
    this.#renewed.set(by, now_ms);
    this.#last_ms = now_ms;
    if (by !== this.#own) return;
    this.#storm_ms = Number.POSITIVE_INFINITY;
    this.#wanted = false;
  }

  /** As soon as may be: one's frames have used up what their keys are good for. */
  want(): void {
    this.#wanted = true;
  }

  /**
   * When this member is to renew its keys; a time that is past: now.
   * @param away keys of those who are not connected, for whom nobody waits
   */
  dueAt(away: ReadonlySet<string>): number {
    if (this.#wanted) return Number.NEGATIVE_INFINITY;
    const order = [...this.#renewed]
      .filter(([key]) => key === this.#own || !away.has(key))
      .toSorted(([, one], [, other]) => one - other);
    const ahead = order.findIndex(([key]) => key === this.#own);
    const since_ms = order[ahead]?.[1] ?? Number.POSITIVE_INFINITY;
    const free_ms = this.#last_ms + between_renewals_ms;
    const turn_ms = Math.max(since_ms + renewal_ms, free_ms) + ahead * between_renewals_ms;
    return Math.min(turn_ms, this.#storm_ms);
  }
}
