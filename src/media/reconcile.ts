import type { Log } from '#src/app/log.ts';
import type { Service } from '#src/app/service.ts';
import type { Presence } from './presence.ts';
import type { Rooms } from './rooms.ts';

export interface Reconciler extends Service {
  /** The next round comes in `delay_ms`, neither sooner nor later. */
  next(delay_ms: number): void;
  /** The next round comes in `delay_ms` at the latest. */
  soon(delay_ms: number): void;
}

/**
 * Compares what is known of who is where with the media server's own lists, again and again: its
 * reports are dropped after 30 s or when too many wait (media design section 5).
 */
export function createReconciler(options: {
  readonly interval_ms: number;
  readonly log: Log;
  readonly rooms: Rooms;
  readonly presence: Presence;
  /** Rooms with open connections, known or not. */
  readonly live: () => string[];
}): Reconciler {
  const { interval_ms, log, rooms, presence, live } = options;
  let timer: NodeJS.Timeout | undefined;
  let due_ms = Infinity;
  let stopped = true;
  let round: Promise<void> = Promise.resolve();

  function next(delay_ms: number): void {
    if (stopped) return;
    clearTimeout(timer);
    due_ms = performance.now() + delay_ms;
    timer = setTimeout(() => {
      due_ms = Infinity;
      round = reconcileAll();
    }, delay_ms);
  }

  async function reconcileAll(): Promise<void> {
    for (const name of live()) presence.expect(name);
    try {
      for (const name of presence.rooms()) {
        if (stopped) return;
        const asked_ms = performance.now();
        presence.reconcile(name, await rooms.people(name), asked_ms);
      }
    } catch (cause) {
      log.warn({ err: cause }, 'the media server could not be asked who is there');
    }
    if (due_ms === Infinity) next(interval_ms);
  }

  return {
    name: 'media presence',
    next,
    soon(delay_ms) {
      if (performance.now() + delay_ms < due_ms) next(delay_ms);
    },
    start() {
      stopped = false;
      next(interval_ms);
      return Promise.resolve();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
