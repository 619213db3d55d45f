import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

/** Who scans, for whom, and with what right. Kept on the phone. */
export interface ScanSettings {
  /** An ingest key that may write for `source` and `dealer_id`. */
  readonly key: string;
  readonly source: string;
  readonly dealer_id: string;
  readonly biz_step: string;
  readonly sku_id: string;
  /** Of this phone: drawn once. */
  readonly device_id: string;
}

/** A scan on its way: `event` is the contract's, with the id that it keeps however often it is sent. */
export interface KeptScan {
  /** Order of scanning. */
  readonly id?: number;
  readonly event: Readonly<Record<string, unknown>> & { readonly event_id: string; readonly code: string };
  readonly state: 'waiting' | 'sent' | 'refused';
  /** Why it was refused. */
  readonly detail?: string;
}

interface ScanSchema extends DBSchema {
  settings: { key: string; value: ScanSettings };
  /** Product of a code → SKU that it was scanned under last. */
  products: { key: string; value: string };
  scans: { key: number; value: KeptScan; indexes: { state: string } };
}

const SETTINGS = 'phone';
/** Sent ones are kept so long as they can be seen. */
const DONE_MAX = 50;
/** More than a phone scans in days without a network. Then it says so and takes no more. */
const WAITING_MAX = 5_000;

/** What a phone keeps: its settings, and every scan until the server has acknowledged it. */
export class ScanStore {
  readonly #database: IDBPDatabase<ScanSchema>;

  private constructor(database: IDBPDatabase<ScanSchema>) {
    this.#database = database;
  }

  static async open(): Promise<ScanStore> {
    const database = await openDB<ScanSchema>('dealerstream-scan', 1, {
      upgrade(fresh) {
        fresh.createObjectStore('settings');
        fresh.createObjectStore('products');
        fresh
          .createObjectStore('scans', { keyPath: 'id', autoIncrement: true })
          .createIndex('state', 'state');
      },
    });
    return new ScanStore(database);
  }

  async settings(): Promise<ScanSettings | undefined> {
    return this.#database.get('settings', SETTINGS);
  }

  async setSettings(settings: ScanSettings): Promise<void> {
    await this.#database.put('settings', settings, SETTINGS);
  }

  /** SKU under which a product was scanned last. */
  async skuOf(product: string): Promise<string | undefined> {
    return product === '' ? undefined : this.#database.get('products', product);
  }

  /** Keeps a scan before anything else happens to it. False when too many wait. */
  async add(event: KeptScan['event'], product: string, sku_id: string): Promise<boolean> {
    const change = this.#database.transaction(['scans', 'products'], 'readwrite');
    const waiting = await change.objectStore('scans').index('state').count('waiting');
    if (waiting >= WAITING_MAX) return false;
    await change.objectStore('scans').add({ event, state: 'waiting' });
    if (product !== '') await change.objectStore('products').put(sku_id, product);
    await change.done;
    return true;
  }

  /** The oldest that wait. */
  waiting(limit: number): Promise<KeptScan[]> {
    return this.#database.getAllFromIndex('scans', 'state', 'waiting', limit);
  }

  async count(state: KeptScan['state']): Promise<number> {
    return this.#database.countFromIndex('scans', 'state', state);
  }

  /** Writes down what became of scans, and forgets the oldest of those that are done. */
  async settle(scans: readonly KeptScan[]): Promise<void> {
    const change = this.#database.transaction('scans', 'readwrite');
    for (const scan of scans) await change.store.put(scan);
    const sent = await change.store.index('state').getAllKeys('sent');
    for (const id of sent.slice(0, Math.max(0, sent.length - DONE_MAX))) await change.store.delete(id);
    await change.done;
  }

  /** Refused scans wait once more: their key may write by now. */
  async retryRefused(): Promise<void> {
    const refused = await this.#database.getAllFromIndex('scans', 'state', 'refused');
    await this.settle(
      refused.map(({ id, event }) => ({ ...(id === undefined ? {} : { id }), event, state: 'waiting' })),
    );
  }

  /** The newest, newest first. */
  async newest(limit: number): Promise<KeptScan[]> {
    const scans: KeptScan[] = [];
    let cursor = await this.#database.transaction('scans').store.openCursor(null, 'prev');
    while (cursor !== null && scans.length < limit) {
      scans.push(cursor.value);
      cursor = await cursor.continue();
    }
    return scans;
  }
}
