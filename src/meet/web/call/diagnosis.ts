/**
 * What is wrong on one's own side, from what the browser counts: one trouble at a time, the one that
 * hurts most. Pure. It is never told to others: each browser tells its own person.
 */

/** What the browser counted since the last reading; null where there is nothing to count. */
export interface Reading {
  /** Of what one sends, the share that did not arrive, as the media server reports it; 0 to 1. */
  readonly lost_up: number | null;
  /** Of what one should receive, the share that did not arrive; 0 to 1. */
  readonly lost_down: number | null;
  /** The encoder sends a smaller picture than it could, because the device does not keep up. */
  readonly busy: boolean;
  /** Sound energy that came from the open microphone; 0 is digital silence. */
  readonly sound: number | null;
}

const troubles = ['silent-microphone', 'slow-upload', 'slow-download', 'busy-device'] as const;
export type Trouble = (typeof troubles)[number];

/** Speech goes to pieces from about here on, whatever the codec makes up for. */
const lost_max = 0.08;
/** Readings in a row before somebody is told, and after which it is taken back. */
const begins: Readonly<Record<Trouble, number>> = {
  // Somebody may sit still in a quiet room, but no microphone is silent to the last bit.
  'silent-microphone': 3,
  'slow-upload': 2,
  'slow-download': 2,
  'busy-device': 3,
};
const ends = 3;

const shows: Readonly<Record<Trouble, (reading: Reading) => boolean>> = {
  'silent-microphone': ({ sound }) => sound === 0,
  'slow-upload': ({ lost_up }) => (lost_up ?? 0) >= lost_max,
  'slow-download': ({ lost_down }) => (lost_down ?? 0) >= lost_max,
  'busy-device': ({ busy }) => busy,
};

export class Diagnosis {
  /** How many readings in a row each was seen (above 0) or not (below). */
  readonly #runs = new Map<Trouble, number>();
  readonly #there = new Set<Trouble>();

  /** The trouble that there is after this reading, or null. */
  take(reading: Reading): Trouble | null {
    for (const trouble of troubles) {
      const before = this.#runs.get(trouble) ?? 0;
      const is_seen = shows[trouble](reading);
      const run = is_seen ? Math.max(0, before) + 1 : Math.min(0, before) - 1;
      this.#runs.set(trouble, run);
      if (run >= begins[trouble]) this.#there.add(trouble);
      if (run <= -ends) this.#there.delete(trouble);
    }
    return troubles.find((trouble) => this.#there.has(trouble)) ?? null;
  }
}
