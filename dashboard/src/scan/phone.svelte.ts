import { blank, nowIso, postScans, randomId, type Place } from './phone-io.ts';
import { ScanSender, type SenderStatus } from './scan-sender.ts';
import type { ReadCode } from './scan-code.ts';
import { ScanStore, type KeptScan, type ScanSettings } from './scan-store.ts';

/** Newest scans that are shown. */
const SHOWN = 30;
/** The phone that scans, as reactive state: its settings, its newest scans, and how its queue stands. */
export class Phone {
  settings = $state.raw<ScanSettings | undefined>(undefined);
  newest = $state.raw<readonly KeptScan[]>([]);
  waiting = $state(0);
  refused = $state(0);
  status = $state.raw<SenderStatus>({ phase: 'idle' });
  readonly #store: ScanStore;
  readonly #sender: ScanSender;
  readonly #online = (): void => void this.send();

  private constructor(store: ScanStore) {
    this.#store = store;
    this.#sender = new ScanSender(
      store,
      {
        post: (events) => postScans(events, this.settings?.key ?? ''),
        now: () => Date.now(),
        random: () => Math.random(),
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => {
            clearTimeout(timer);
          };
        },
      },
      (status) => {
        this.status = status;
        void this.#look();
      },
    );
  }

  /** @param link settings that a link brought: they replace those kept */
  static async open(link: Partial<ScanSettings>): Promise<Phone> {
    const phone = new Phone(await ScanStore.open());
    const kept = await phone.#store.settings();
    phone.settings = kept;
    if (link.key !== undefined) await phone.set({ ...blank(), ...kept, ...link });
    addEventListener('online', phone.#online);
    await phone.#look();
    void phone.send();
    return phone;
  }

  close(): void {
    removeEventListener('online', this.#online);
    this.#sender.stop();
  }

  async set(settings: ScanSettings): Promise<void> {
    this.settings = settings;
    await this.#store.setSettings(settings);
    await this.send();
  }

  /** SKU under which the product of a code was scanned last. */
  skuOf(code: ReadCode): Promise<string | undefined> {
    return this.#store.skuOf(code.product);
  }

  /** Keeps a scan and sends what waits. False when too many wait. */
  async scan(
    read: ReadCode,
    sku_id: string,
    more: { readonly to_dealer_id?: string; readonly place?: Place | undefined },
  ): Promise<boolean> {
    const { settings } = this;
    if (settings === undefined) throw new Error('the phone has no settings yet');
    const { source, dealer_id, biz_step, device_id } = settings;
    const event = {
      event_id: randomId(),
      source,
      event_time: nowIso(),
      dealer_id,
      code: read.code,
      level: read.level,
      biz_step,
      sku_id,
      device_id,
      ...(biz_step === 'shipping' && more.to_dealer_id ? { to_dealer_id: more.to_dealer_id } : {}),
      ...(more.place === undefined ? {} : { ...more.place, datum: 'wgs84' }),
    };
    const is_kept = await this.#store.add(event, read.product, sku_id);
    await this.#look();
    void this.send();
    return is_kept;
  }

  send(): Promise<void> {
    return this.settings === undefined ? Promise.resolve() : this.#sender.send();
  }

  async retryRefused(): Promise<void> {
    await this.#store.retryRefused();
    await this.send();
  }

  async #look(): Promise<void> {
    this.newest = await this.#store.newest(SHOWN);
    this.waiting = await this.#store.count('waiting');
    this.refused = await this.#store.count('refused');
  }
}
