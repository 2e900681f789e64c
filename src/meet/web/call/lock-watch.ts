/** Looks at the facts whenever one of them changes, and keeps the lock's answer. */
import type { LineCount } from '../guard/messages.ts';
import type { GroupView } from './group.ts';
import { countSince, judgeLock } from './lock.ts';
import type { Lock } from './lock.ts';
import type { Sealing } from './sealing.ts';
import { Signal, follow } from './signal.ts';
import type { Readable } from './signal.ts';

export interface LockParts extends Pick<Sealing, 'counts' | 'breach'> {
  readonly view: Readable<GroupView>;
  readonly strangers: Readable<boolean>;
}

export function watchLock(parts: LockParts, life: AbortSignal): Readable<Lock> {
  const { counts, breach, view, strangers } = parts;
  let before: readonly LineCount[] = counts.get();
  let lines: readonly LineCount[] = [];
  const judge = (): Lock =>
    judgeLock({
      breach: breach.get() !== null,
      view: view.get(),
      strangers: strangers.get(),
      lines,
    });
  const lock = new Signal(judge());
  const look = (): void => {
    const next = judge();
    const { state, reason } = lock.get();
    if (next.state !== state || next.reason !== reason) lock.set(next);
  };
  follow(counts, life, (now) => {
    lines = countSince(before, now);
    before = now;
    look();
  });
  follow(breach, life, look);
  follow(view, life, look);
  follow(strangers, life, look);
  return lock;
}
