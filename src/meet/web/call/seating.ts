/**
 * What one person chose to see: layout, pin, page, panels. It concerns nobody else and is told
 * to nobody. No framework; the view reads the signals.
 */
import { Signal, follow } from './signal.ts';
import { bringForward, exchange, keepPlaces } from './places.ts';
import { tileOf } from './model.ts';
import { isAudience } from './rights.ts';
import type { CallModel, Person } from './model.ts';

export type Mode = 'grid' | 'speaker';
export type Panel = 'people' | 'chat' | 'settings';
/** What asks for an answer or explains something, one at a time. */
export type Sheet = 'more' | 'encryption' | 'shortcuts' | 'leave' | 'end' | 'put-out';

export class Seating {
  readonly mode = new Signal<Mode>('grid');
  /** The tile that stands large for me. */
  readonly pinned = new Signal<string | null>(null);
  readonly page = new Signal(0);
  readonly panel = new Signal<Panel | null>(null);
  readonly sheet = new Signal<Sheet | null>(null);
  /** Whom the sheet `put-out` asks about. */
  readonly asked = new Signal<Pick<Person, 'identity' | 'name'> | null>(null);
  readonly self_shown = new Signal(true);
  /** The bars step back: nobody looks for them. */
  readonly idle = new Signal(false);
  /** When the chat was last open, or one came in; ms since 1970. */
  readonly seen = new Signal(Date.now());
  /** Everybody but oneself, in the places they keep. */
  readonly order = new Signal<readonly string[]>([]);
  /** Who was put somewhere by hand stays there, whoever speaks. */
  readonly #placed = new Set<string>();
  readonly #model: CallModel;
  readonly #life: AbortSignal;
  #first_page = Infinity;
  #held_until = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: CallModel, life: AbortSignal) {
    this.#model = model;
    this.#life = life;
    follow(model.people, life, () => this.#seat());
    follow(model.speaker, life, () => this.#seat());
    follow(model.group, life, () => this.#seat());
    const watch = (): void => {
      const where = model.breakouts.get()?.where;
      if (where) follow(where, life, () => this.#seat());
    };
    watch();
    follow(model.breakouts, life, watch);
    follow(model.messages, life, () => this.#read());
    follow(this.panel, life, () => this.#read());
    life.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
    this.#seat();
  }

  toggleMode(): void {
    this.mode.set(this.mode.get() === 'grid' ? 'speaker' : 'grid');
  }

  togglePin(tile: string): void {
    this.pinned.set(this.pinned.get() === tile ? null : tile);
  }

  togglePanel(panel: Panel): void {
    this.panel.set(this.panel.get() === panel ? null : panel);
  }

  toggleSheet(sheet: Sheet): void {
    this.sheet.set(this.sheet.get() === sheet ? null : sheet);
  }

  /** Two change places, by hand. */
  exchange(one: string, other: string): void {
    this.#placed.add(one).add(other);
    this.order.set(exchange(this.order.get(), one, other));
  }

  /** The view says how many of the others its first page holds. */
  setFirstPage(count: number): void {
    if (count === this.#first_page) return;
    this.#first_page = count;
    this.#seat();
  }

  /** A pointer is among the tiles: nobody changes places under it. */
  hold(ms: number): void {
    this.#held_until = performance.now() + ms;
  }

  #seat(): void {
    const elsewhere = this.#model.breakouts.get()?.where.get();
    const group = this.#model.group.get();
    // Who says to be in a breakout room has nothing to show here; who shows something all the same does
    // not vanish by saying so. Nor is an audience shown.
    const isShown = ({ you, identity, muted, camera_on }: Person): boolean => {
      const is_gone = elsewhere?.has(identity) === true && muted && !camera_on;
      return !you && !is_gone && !isAudience(group, identity);
    };
    const present = this.#model.people.get().filter(isShown);
    const ids = present.map((person) => person.identity);
    const kept = keepPlaces(this.order.get(), ids);
    const next = this.#bringForward(kept);
    const old = this.order.get();
    if (next.length !== old.length || next.some((id, at) => id !== old[at])) this.order.set(next);
    const pinned = this.pinned.get();
    const there = this.#model.people.get().some((person) => tileOf(person.identity) === pinned);
    if (pinned?.startsWith('p:') && !there) this.pinned.set(null);
  }

  #bringForward(order: string[]): string[] {
    const speaker = this.#model.speaker.get();
    if (speaker === null || order.indexOf(speaker) < this.#first_page) return order;
    const wait_ms = this.#held_until - performance.now();
    if (wait_ms > 0) {
      clearTimeout(this.#timer);
      if (!this.#life.aborted) this.#timer = setTimeout(() => this.#seat(), wait_ms + 10);
      return order;
    }
    const held = new Set([this.pinned.get()?.slice(2) ?? '', ...this.#placed]);
    if (held.has(speaker)) return order;
    return bringForward(order, speaker, this.#first_page, this.#model.heard, held);
  }

  #read(): void {
    if (this.panel.get() === 'chat') this.seen.set(Date.now());
  }
}
