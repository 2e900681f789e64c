/**
 * With whom a person has compared the numbers of the encryption. Equal numbers mean one group, so a
 * comparison counts for every key in it, and goes on counting for those keys in later epochs; who
 * comes after it has to be compared again. The tab remembers it over a reload and tells nobody.
 */
import { keepPlace, readPlace } from '../seat.ts';
import { Signal } from './signal.ts';
import type { Readable } from './signal.ts';

/** As many as a meeting has people; who was compared longest ago is forgotten first. */
const kept_max = 500;

export class Compared {
  readonly ids: Readable<ReadonlySet<string>>;
  readonly #ids: Signal<ReadonlySet<string>>;
  readonly #room: string;

  constructor(room: string) {
    this.#room = room;
    this.#ids = new Signal<ReadonlySet<string>>(new Set(readPlace(room).compared));
    this.ids = this.#ids;
  }

  /** @param identities of the leaves that were there when the numbers were read */
  note(identities: Iterable<string>): void {
    const fresh = new Set(identities);
    const older = [...this.#ids.get()].filter((id) => !fresh.has(id));
    const compared = [...older, ...fresh].slice(-kept_max);
    this.#ids.set(new Set(compared));
    keepPlace(this.#room, { compared });
  }
}
