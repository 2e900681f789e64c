/**
 * What making a meeting costs, by how many are made on the whole server: nothing while it is calm,
 * then work, and past a limit nobody makes one. Known to this process.
 */
import { LimitError } from '../app/error.ts';
import { work_bits_max } from '../protocol/link/work.ts';

export interface PriceSettings {
  /** Meetings in a minute that cost nothing. */
  readonly calm_max: number;
  /** Meetings in an hour, whoever makes them. */
  readonly hourly_max: number;
}

/** Meetings are counted by slices of so long; a minute has 12 of them, an hour 720. */
const slice_ms = 5000;
const minute_slices = 12;
const hour_slices = 720;
/** About a quarter of a second on a phone. */
const first_bits = 13;

interface Slice {
  readonly at: number;
  count: number;
}

export class Price {
  readonly #settings: PriceSettings;
  /** Of the last hour, oldest first; none where nothing was made. */
  readonly #slices: Slice[] = [];

  constructor(settings: PriceSettings) {
    this.#settings = settings;
  }

  /** Zero bits to be shown for the next one: twice as many meetings, twice the work. */
  bits(now_ms: number): number {
    const recent = this.#countSince(Math.floor(now_ms / slice_ms) - minute_slices);
    const { calm_max } = this.#settings;
    if (recent < calm_max) return 0;
    return Math.min(work_bits_max, first_bits + Math.floor(Math.log2(recent / calm_max)));
  }

  /** How many were made, for whoever watches over it. */
  made(now_ms: number): { readonly minute: number; readonly hour: number; readonly bits: number } {
    const at = Math.floor(now_ms / slice_ms);
    return {
      minute: this.#countSince(at - minute_slices),
      hour: this.#countSince(at - hour_slices),
      bits: this.bits(now_ms),
    };
  }

  /** One more is made. @throws LimitError `meet.too-many` with when to try again */
  count(now_ms: number): void {
    const at = Math.floor(now_ms / slice_ms);
    while ((this.#slices[0]?.at ?? at) <= at - hour_slices) this.#slices.shift();
    if (this.#countSince(at - hour_slices) >= this.#settings.hourly_max) {
      const message = 'More meetings are made here than this server can hold. Try again later.';
      const free_ms = ((this.#slices[0]?.at ?? at) + hour_slices) * slice_ms;
      throw new LimitError('meet.too-many', message, free_ms - now_ms);
    }
    const last = this.#slices.at(-1);
    if (last?.at === at) last.count += 1;
    else this.#slices.push({ at, count: 1 });
  }

  /** In slices later than that one. */
  #countSince(slice: number): number {
    const later = this.#slices.filter(({ at }) => at > slice);
    return later.reduce((sum, { count }) => sum + count, 0);
  }
}
