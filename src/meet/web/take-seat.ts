import { freshPlace, keepPlace, readPlace } from './seat.ts';

/**
 * Holds the tab's seat until `signal`, and says whether it is this tab's. A duplicated tab comes
 * with a copy of the seat that the first one sits in: it gets another.
 */
export function takeSeat(room: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = new Promise<void>((done) => signal.addEventListener('abort', () => done()));
    const { seat } = readPlace(room);
    void navigator.locks.request(`seat:${seat}`, { ifAvailable: true }, (lock) => {
      if (!lock) keepPlace(room, freshPlace());
      resolve(lock !== null);
      return lock ? gone : undefined;
    });
  });
}
