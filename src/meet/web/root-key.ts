import type { Bytes } from '../../protocol/link/base64url.ts';

/**
 * Where the seeds of root keys stay: in this browser, one per meeting made here. Whoever has a
 * meeting's seed is its host, so it is never sent, logged or put into an address.
 */
const store_name = 'root';

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open('conclave', 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(store_name));
  return settle(request);
}

function settle<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

/** Keeps the 32-byte seed of a room's root key. */
export async function keepRootSeed(room: string, seed: Bytes): Promise<void> {
  const database = await open();
  try {
    const transaction = database.transaction(store_name, 'readwrite', { durability: 'strict' });
    await settle(transaction.objectStore(store_name).put(seed, room));
  } finally {
    database.close();
  }
}

/** The seed, or null where this browser did not make the meeting, or keeps nothing. */
export async function readRootSeed(room: string): Promise<Bytes | null> {
  try {
    const database = await open();
    try {
      const store = database.transaction(store_name).objectStore(store_name);
      const seed: unknown = await settle(store.get(room) as IDBRequest<unknown>);
      return seed instanceof Uint8Array ? new Uint8Array(seed) : null;
    } finally {
      database.close();
    }
  } catch {
    // Some private windows have no IndexedDB: their person is a guest.
    return null;
  }
}
