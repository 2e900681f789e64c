/** What happened, said once, in the polite live region: at most three at a time. */
import type { Signal } from './signal.ts';
import type { Notice, Toast } from './model.ts';

const shown_max = 3;
const shown_ms = 5000;

export class Toasts {
  readonly #list: Signal<readonly Toast[]>;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #next = 1;

  constructor(list: Signal<readonly Toast[]>, life: AbortSignal) {
    this.#list = list;
    life.addEventListener('abort', () => this.#timers.forEach((timer) => clearTimeout(timer)));
  }

  add(notice: Notice): void {
    const id = this.#next++;
    const list = [...this.#list.get(), { id, notice }];
    for (const old of list.slice(0, -shown_max)) this.#forget(old.id);
    this.#list.set(list.slice(-shown_max));
    this.#timers.set(
      id,
      setTimeout(() => this.dismiss(id), shown_ms),
    );
  }

  dismiss(id: number): void {
    this.#forget(id);
    this.#list.set(this.#list.get().filter((toast) => toast.id !== id));
  }

  #forget(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }
}
