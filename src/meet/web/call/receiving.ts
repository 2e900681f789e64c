/** How much of the others' pictures is received, as chosen for a slow line; kept on this device. */
import { Signal } from './signal.ts';

/** In the size shown; in the smallest one; none at all, which leaves the line to the voices. */
export const receptions = ['all', 'small', 'none'] as const;
export type Reception = (typeof receptions)[number];

/** In a breakout room one receives of the meeting only the screens that are shared with all. */
export type Received = Reception | 'shares';

const kept = 'receive';

function read(): Reception {
  try {
    return receptions.find((each) => each === localStorage.getItem(kept)) ?? 'all';
  } catch {
    return 'all';
  }
}

export class Receiving {
  readonly chosen = new Signal<Reception>(read());
  readonly now = new Signal<Received>(this.chosen.get());
  #aside = false;

  setAside(aside: boolean): void {
    this.#aside = aside;
    this.now.set(aside ? 'shares' : this.chosen.get());
  }

  choose(reception: Reception): void {
    this.chosen.set(reception);
    this.setAside(this.#aside);
    try {
      localStorage.setItem(kept, reception);
    } catch {
      // A browser that keeps nothing asks for everything the next time.
    }
  }
}
