import type { LiveState } from './state.ts';

/** What the page showed last, so that a reload without a server still shows it, with its age. */
export interface SavedSnapshot {
  readonly saved_at_ms: number;
  /** The server's build then. */
  readonly build: string | undefined;
  readonly state: LiveState;
}

const DATABASE = 'dealerstream';
const STORE = 'snapshots';
const KEY = 'wall';

/** Reads the saved snapshot; undefined when there is none. Rejects where the browser keeps no database. */
export async function loadSnapshot(): Promise<SavedSnapshot | undefined> {
  const database = await openDatabase();
  try {
    const found: unknown = await settled(database.transaction(STORE).objectStore(STORE).get(KEY));
    return found as SavedSnapshot | undefined;
  } finally {
    database.close();
  }
}

/** Saves the snapshot in the place of the one before. */
export async function saveSnapshot(snapshot: SavedSnapshot): Promise<void> {
  await write((store) => store.put(snapshot, KEY));
}

/** Forgets the snapshot: what a screen may no longer see, it must not keep. */
export async function clearSnapshot(): Promise<void> {
  await write((store) => store.delete(KEY));
}

async function write(change: (store: IDBObjectStore) => IDBRequest): Promise<void> {
  const database = await openDatabase();
  try {
    await settled(change(database.transaction(STORE, 'readwrite').objectStore(STORE)));
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(STORE);
  };
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('the browser’s database failed'));
    };
  });
}
