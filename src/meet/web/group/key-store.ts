/**
 * The leaf key of a tab's seat, kept in this browser so that a reload is back on its own leaf. Where
 * the browser can, the key cannot be taken out of it. It is deleted when the person leaves.
 */
import { generateLeafKey, openLeafKey } from '../../../protocol/encryption/ed25519.ts';
import type { LeafKey, StoredKey } from '../../../protocol/encryption/ed25519.ts';
import type { Memory } from './entering.ts';

export interface Kept {
  readonly key: LeafKey;
  readonly memory: Memory | null;
}

interface Row {
  readonly stored: StoredKey;
  readonly memory: Memory | null;
}

const database_name = 'conclave-leaf';
const store_name = 'leaf';

async function withStore<Value>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const opening = indexedDB.open(database_name, 1);
  opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore(store_name));
  const database = await settle(opening);
  try {
    return await settle(act(database.transaction(store_name, mode).objectStore(store_name)));
  } finally {
    database.close();
  }
}

function settle<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

/** The seat's key, or a new one. A browser that keeps nothing gives its person a new leaf. */
export async function readKey(seat: string): Promise<Kept> {
  try {
    const row = (await withStore('readonly', (store) => store.get(seat) as IDBRequest<unknown>)) as
      | Row
      | undefined;
    if (row) return { key: await openLeafKey(row.stored), memory: row.memory };
  } catch {
    // Some private windows have no IndexedDB.
  }
  const key = await generateLeafKey();
  await keep(seat, key, null);
  return { key, memory: null };
}

/** Beside the key, so that nobody leads its holder back to an older epoch. */
export function keepMemory(seat: string, key: LeafKey, { group, epoch }: Memory): Promise<void> {
  return keep(seat, key, { group, epoch });
}

async function keep(seat: string, key: LeafKey, memory: Memory | null): Promise<void> {
  const row: Row = { stored: key.stored, memory };
  await withStore('readwrite', (store) => store.put(row, seat)).catch(() => undefined);
}

export async function forgetKey(seat: string): Promise<void> {
  await withStore('readwrite', (store) => store.delete(seat)).catch(() => undefined);
}
