import { useCallback, useSyncExternalStore } from 'react';
import type { Readable } from './signal.ts';

/** The value of a signal; the component renders again when it changes. */
export function useValue<T>(source: Readable<T>): T {
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  const read = (): T => source.get();
  return useSyncExternalStore(subscribe, read, read);
}
