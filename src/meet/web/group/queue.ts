/**
 * One thing after another. A group is a value, and two steps from one value would use the same keys
 * of its ratchets, so every step of a member goes through one of these.
 */
export class Queue {
  readonly #onFault: (cause: unknown) => void;
  #last: Promise<unknown> = Promise.resolve();

  /** @param onFault told what failed in something that nobody awaits. */
  constructor(onFault: (cause: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Runs `act` after everything that was put in before it, whether that failed or not. */
  run<Value>(act: () => Promise<Value> | Value): Promise<Value> {
    const next = this.#last.then(act);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** `run`, where nobody awaits it. */
  put(act: () => unknown): void {
    this.run(act).catch(this.#onFault);
  }
}
