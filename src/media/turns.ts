/** Changes of one thing, one after the other: of two that cross, the earlier could be the one that stays. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Begins `change` when those of the same key before it are over, however they ended. */
  take(key: string, change: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const turn = before
      .catch(() => undefined)
      .then(change)
      .finally(() => {
        if (this.#last.get(key) === turn) this.#last.delete(key);
      });
    this.#last.set(key, turn);
    return turn;
  }
}
