/**
 * What is to be done later in this process: at most one item of each name, the earliest. The
 * database holds the facts and every item reads them anew, so that an agenda lost with the process
 * is made again from them.
 */
import { isAway } from '../app/database.ts';
import type { Log } from '../app/log.ts';
import type { Ctx, Dispatcher } from '../app/server.ts';

export type Work = (ctx: Ctx) => Promise<void>;

const retry_ms = 500;

export class Agenda {
  readonly #items = new Map<string, { at_ms: number; timer: NodeJS.Timeout }>();
  readonly #running = new Set<Promise<void>>();
  #act: ((work: Work) => Promise<void>) | undefined;
  #log: Log | undefined;
  #stopped = false;

  /** From now on items are done; those that came due before are retried soon. */
  start(dispatcher: Pick<Dispatcher, 'act'>, log: Log): void {
    this.#act = (work) => dispatcher.act(work);
    this.#log = log;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { timer } of this.#items.values()) clearTimeout(timer);
    this.#items.clear();
    await Promise.all(this.#running);
  }

  /** Does `work` in `wait_ms`, unless an item of that name is due before. */
  set(name: string, wait_ms: number, work: Work): void {
    if (this.#stopped) return;
    const at_ms = performance.now() + wait_ms;
    const old = this.#items.get(name);
    if (old !== undefined && old.at_ms <= at_ms) return;
    clearTimeout(old?.timer);
    const timer = setTimeout(() => {
      this.#items.delete(name);
      const run = this.#do(name, work).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }, wait_ms);
    timer.unref();
    this.#items.set(name, { at_ms, timer });
  }

  async #do(name: string, work: Work): Promise<void> {
    try {
      if (this.#act === undefined) throw new Error('the delivery service has not been started');
      await this.#act(work);
    } catch (err) {
      const item = name.split(' ')[0];
      if (!isAway(err)) this.#log?.warn({ err, item }, 'a step of the delivery service failed');
      this.set(name, retry_ms, work);
    }
  }
}
