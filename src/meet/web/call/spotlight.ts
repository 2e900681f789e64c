/** Who stands large for everybody, as a host said; said again to whoever comes. */
import type { Group, GroupView } from './group.ts';
import { Signal, follow } from './signal.ts';

/** One host tells newcomers: of those who were there before them, the one whose name comes first. */
function tells({ leaves, own }: GroupView, before: ReadonlySet<string>): boolean {
  const hosts = [...leaves.values()].filter(
    ({ role, identity }) => role !== 'guest' && before.has(identity),
  );
  return hosts.map(({ identity }) => identity).toSorted()[0] === own;
}

export class Spotlight {
  readonly who = new Signal<string | null>(null);
  readonly #group: Group;
  #known = new Set<string>();

  constructor(group: Group, life: AbortSignal) {
    this.#group = group;
    group.hear(life, (_identity, said) => {
      if (said.kind === 'spotlight') this.who.set(said.id);
    });
    follow(group.view, life, (view) => this.#meet(view));
  }

  #meet(view: GroupView): void {
    const present = new Set(view.leaves.keys());
    const before = this.#known;
    const came = [...present].some((identity) => !before.has(identity));
    this.#known = present;
    const id = this.who.get();
    if (id === null) return;
    if (!present.has(id)) this.who.set(null);
    // Lost with the line, the newcomer sees what everybody else chose for themselves.
    else if (came && tells(view, before))
      this.#group.host({ kind: 'spotlight', id }).catch(() => undefined);
  }
}
