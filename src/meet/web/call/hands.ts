/** Raised hands: said in the group, and said again to whoever comes. */
import type { Group, GroupView } from './group.ts';
import { Signal, follow } from './signal.ts';

/** Anything that is not a sensible time of this century is no hand. */
function isTime(at: number): boolean {
  return Number.isSafeInteger(at) && at > 1e12 && at < 4e12;
}

export class Hands {
  /** One's own; null while it is down. */
  readonly own = new Signal<number | null>(null);
  /** Those of others, by identity. */
  readonly others = new Signal<ReadonlyMap<string, number>>(new Map());
  readonly #group: Group;

  constructor(group: Group, life: AbortSignal) {
    this.#group = group;
    group.hear(life, (identity, said) => {
      if (said.kind === 'hand') this.#note(identity, said.at);
      if (said.kind === 'lower') this.#lower(said.ids);
    });
    // Newcomers cannot read what was said before, and who reloaded has forgotten it.
    group.onGreeting(life, () => this.own.get() !== null && this.#tell());
    follow(group.view, life, ({ leaves }) => this.#keep(leaves));
  }

  raise(up: boolean): void {
    if ((this.own.get() !== null) === up) return;
    this.own.set(up ? Date.now() : null);
    this.#tell();
  }

  /** A host says so. Newcomers are told by whoever the hand belongs to. */
  #lower(ids: readonly string[]): void {
    if (ids.includes(this.#group.view.get().own)) this.raise(false);
    for (const identity of ids) this.#note(identity, null);
  }

  #note(identity: string, at: number | null): void {
    const hands = new Map(this.others.get());
    hands.delete(identity);
    if (at !== null && isTime(at)) hands.set(identity, at);
    this.others.set(hands);
  }

  /** Who is gone has no hand. */
  #keep(present: GroupView['leaves']): void {
    const kept = [...this.others.get()].filter(([identity]) => present.has(identity));
    if (kept.length < this.others.get().size) this.others.set(new Map(kept));
  }

  #tell(): void {
    // Lost with the line: it is said again when somebody comes, and shown by the switch meanwhile.
    this.#group.say({ kind: 'hand', at: this.own.get() }).catch(() => undefined);
  }
}
