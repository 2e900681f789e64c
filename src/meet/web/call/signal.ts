/** A value that can be read now and followed; the view reads it by `useValue`. */
export interface Readable<T> {
  get(): T;
  /** Calls `listener` after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/** A value that its owner changes. Setting an identical value tells nobody. */
export class Signal<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  get = (): T => this.#value;

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    // A listener may unsubscribe another while it runs; a copy keeps the round whole.
    for (const listener of Array.from(this.#listeners)) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** Subscribes for as long as `life` lasts. */
export function follow<T>(
  source: Readable<T>,
  life: AbortSignal,
  listener: (value: T) => void,
): void {
  if (life.aborted) return;
  const stop = source.subscribe(() => listener(source.get()));
  life.addEventListener('abort', stop, { once: true });
}

/** Waits `ms` milliseconds, or less where `wake` is aborted first; never rejects. */
export function pause(ms: number, wake: AbortSignal): Promise<void> {
  if (wake.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      wake.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    wake.addEventListener('abort', finish);
  });
}
