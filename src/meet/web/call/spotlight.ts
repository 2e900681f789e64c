/** Who stands large for everybody, as a host said; said again to whoever comes. */
import type { Group, GroupView } from './group.ts';
import { Signal, follow } from './signal.ts';

/** One host tells who came: of the others, the one whose name comes first. */
export function tells({ leaves, own }: GroupView, to: string): boolean {
  const hosts = [...leaves.values()].filter(
    ({ role, identity }) => role !== 'guest' && identity !== to,
  );
  return hosts.map(({ identity }) => identity).toSorted()[0] === own;
}

export class Spotlight {
  readonly who = new Signal<string | null>(null);
  readonly #group: Group;

  constructor(group: Group, life: AbortSignal) {
    this.#group = group;
    group.hear(life, (_identity, said) => {
      if (said.kind === 'spotlight') this.who.set(said.id);
    });
    group.onGreeting(life, (identity) => this.#greet(identity));
    follow(group.view, life, ({ leaves }) => {
      const id = this.who.get();
      if (id !== null && !leaves.has(id)) this.who.set(null);
    });
  }

  #greet(identity: string): void {
    const id = this.who.get();
    if (id === null || !tells(this.#group.view.get(), identity)) return;
    // Lost with the line, the newcomer sees what everybody else chose for themselves.
    this.#group.host({ kind: 'spotlight', id }).catch(() => undefined);
  }
}
