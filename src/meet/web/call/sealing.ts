/** The guard of this page: one, for as long as the page lives. */
import { Guard } from '../guard/guard.ts';
import type { LineCount } from '../guard/messages.ts';
import { Signal } from './signal.ts';

export type Breach = Parameters<ConstructorParameters<typeof Guard>[1]['onBreach']>[0];

export interface Sealing {
  readonly guard: Guard;
  readonly counts: Signal<readonly LineCount[]>;
  /** What went past the guard; it stays so until the page is loaded anew. */
  readonly breach: Signal<Breach | null>;
}

let opened: Sealing | null = null;

/**
 * Puts the guard before the browser's peer connection. Called before any connection is made.
 * @throws DOMException NotSupportedError where frames cannot be sealed
 */
export function openSealing(): Sealing {
  if (opened) return opened;
  const worker = new Worker(new URL('../guard/worker.ts', import.meta.url), { type: 'module' });
  const counts = new Signal<readonly LineCount[]>([]);
  const breach = new Signal<Breach | null>(null);
  const guard = new Guard(worker, {
    onCounts: (lines) => counts.set(lines),
    onBreach: (what) => breach.set(what),
  });
  opened = { guard, counts, breach };
  return opened;
}
