import { useSyncExternalStore } from 'react';
import type { Readable } from './signal.ts';

/** The value of a signal; the component renders again when it changes. */
export function useValue<T>(source: Readable<T>): T {
  return useSyncExternalStore(source.subscribe, source.get, source.get);
}
