/** What members say about one epoch or one commit. In memory: a restart costs a deadline at most. */
export class Votes {
  readonly #by_group = new Map<string, Map<string, { topic: number; ids: Set<string> }>>();

  /** Counts `id`'s voice on a topic; a newer topic of the kind replaces the older one. */
  add(group: string, kind: 'ready' | 'refuse', topic: number, id: string): ReadonlySet<string> {
    let kinds = this.#by_group.get(group);
    if (!kinds) this.#by_group.set(group, (kinds = new Map()));
    let votes = kinds.get(kind);
    if (votes?.topic !== topic) kinds.set(kind, (votes = { topic, ids: new Set() }));
    return votes.ids.add(id);
  }

  read(group: string, kind: 'ready' | 'refuse', topic: number): ReadonlySet<string> {
    const votes = this.#by_group.get(group)?.get(kind);
    return votes?.topic === topic ? votes.ids : new Set();
  }

  forget(group: string): void {
    this.#by_group.delete(group);
  }
}
