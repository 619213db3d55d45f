import { createContext } from 'svelte';
import { Clock } from './clock.svelte.ts';
import { loadGeography } from './geo/geography.ts';
import { provinceName } from './geo/provinces.ts';
import { wayBetween } from './geo/way.ts';
import { I18n } from './i18n/i18n.svelte.ts';
import type { Format } from './i18n/format.ts';
import type { Messages } from './i18n/messages.ts';
import { Live } from './live/live.svelte.ts';
import { Loaded } from './loaded.svelte.ts';
import { Preferences } from './preferences.svelte.ts';
import { Pairing } from './session/pairing.svelte.ts';

/** While a screen is not paired it asks this often whether it is by now. */
const UNPAIRED_ASK_MS = 10_000;

/** Everything that the pages share: one per document, handed down by context. */
export class Board {
  readonly preferences = new Preferences(location.search, navigator.language);
  readonly clock = new Clock();
  readonly live = new Live();
  readonly pairing = new Pairing();
  /** Once for all pages that draw it: each flip of a wall's pages would load and keep one more. */
  readonly geography = new Loaded('the map', loadGeography);
  private readonly i18n = new I18n(this.preferences);
  private timer: ReturnType<typeof setTimeout> | undefined;

  get t(): Messages {
    return this.i18n.t;
  }

  get f(): Format {
    return this.i18n.f;
  }

  /** The server's time, milliseconds: ages and "today" are about it. */
  get now_ms(): number {
    return this.clock.now_ms + this.live.clock_offset_ms;
  }

  /** A region's short name in the language chosen. */
  region(adcode: string | undefined): string {
    return adcode === undefined ? this.t.alert_unknown_region : provinceName(adcode, this.preferences.lang);
  }

  /** From where to where goods went, or the one place that a case is about. */
  way(from: string | undefined, to: string | undefined): string {
    const { t } = this;
    return wayBetween(from, to, { region: (adcode) => this.region(adcode), within: t.region_within });
  }

  /** Pairs if asked to, then connects; while the server does not know this browser, asks again by and by. */
  async start(): Promise<void> {
    this.clock.start();
    await this.admit();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.clock.stop();
    this.live.stop();
  }

  private async admit(): Promise<void> {
    const state = await this.pairing.ask();
    if (state === 'known' || state === 'offline') {
      await this.live.start(() => this.askAgain(), state === 'offline');
      return;
    }
    this.timer = setTimeout(() => void this.admit(), UNPAIRED_ASK_MS);
  }

  private async askAgain(): Promise<'known' | 'unknown' | 'unreachable'> {
    const state = await this.pairing.ask();
    if (state === 'known') return 'known';
    if (state === 'offline') return 'unreachable';
    this.timer = setTimeout(() => void this.admit(), UNPAIRED_ASK_MS);
    return 'unknown';
  }
}

export const [useBoard, provideBoard] = createContext<Board>();
