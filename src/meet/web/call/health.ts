/** Tells the person here of trouble on their own side, with what they can do about it. */
import { Diagnosis } from './diagnosis.ts';
import type { Trouble } from './diagnosis.ts';
import type { Room } from './media.ts';
import { Readings } from './readings.ts';
import { follow } from './signal.ts';
import type { Readable, Signal } from './signal.ts';

const between_ms = 5000;
/** Whoever put a word aside is not told the same again for so long. */
const quiet_ms = 300_000;

export interface HealthParts {
  readonly room: Readable<Room | null>;
  readonly trouble: Signal<Trouble | null>;
}

export class Health {
  readonly #trouble: Signal<Trouble | null>;
  readonly #quiet_until = new Map<Trouble, number>();
  #diagnosis = new Diagnosis();
  #readings = new Readings();

  constructor({ room, trouble }: HealthParts, life: AbortSignal) {
    this.#trouble = trouble;
    // A new connection begins without a past.
    follow(room, life, () => {
      this.#diagnosis = new Diagnosis();
      this.#readings = new Readings();
      trouble.set(null);
    });
    const timer = setInterval(() => void this.#look(room.get()), between_ms);
    life.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  /** The person has read it, or has done something about it. */
  putAside(): void {
    const trouble = this.#trouble.get();
    if (trouble !== null) this.#quiet_until.set(trouble, performance.now() + quiet_ms);
    this.#trouble.set(null);
  }

  async #look(room: Room | null): Promise<void> {
    if (room === null || document.visibilityState === 'hidden') return;
    const readings = this.#readings;
    const reading = await readings.read(room);
    if (readings !== this.#readings) return;
    const found = this.#diagnosis.take(reading);
    const until_ms = (found && this.#quiet_until.get(found)) ?? 0;
    this.#trouble.set(performance.now() < until_ms ? null : found);
  }
}
