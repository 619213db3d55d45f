import type { Lang } from './i18n/messages.ts';

export type Theme = 'dark' | 'light';

/** The zone of the figures' "today", unless the address names another. */
const DEFAULT_ZONE = 'Asia/Shanghai';
/** A page must stay long enough to be read, and a rotation shorter than a day. */
const ROTATE_MIN_S = 5;
const ROTATE_MAX_S = 3600;

/**
 * How this screen wants to be seen. It lives in the address (`?kiosk=1&lang=zh&theme=dark&tz=Asia/Shanghai&rotate=30`),
 * so that a reload, a bookmark and a kiosk's start page keep it.
 */
export class Preferences {
  lang = $state<Lang>('en');
  theme = $state<Theme>('dark');
  readonly zone: string;
  readonly kiosk: boolean;
  /** Seconds until the next page; undefined = pages do not flip by themselves. */
  readonly rotate_s: number | undefined;

  constructor(search: string, browserLanguage: string) {
    const asked = new URLSearchParams(search);
    const lang = asked.get('lang') ?? browserLanguage;
    this.lang = lang.toLowerCase().startsWith('zh') ? 'zh' : 'en';
    this.theme = asked.get('theme') === 'light' ? 'light' : 'dark';
    this.zone = knownZone(asked.get('tz')) ?? DEFAULT_ZONE;
    this.kiosk = asked.get('kiosk') === '1';
    const rotate = Number(asked.get('rotate'));
    this.rotate_s = rotate >= ROTATE_MIN_S && rotate <= ROTATE_MAX_S ? rotate : undefined;
  }

  toggleLang(): void {
    this.lang = this.lang === 'zh' ? 'en' : 'zh';
    this.keep('lang', this.lang);
  }

  toggleTheme(): void {
    this.theme = this.theme === 'dark' ? 'light' : 'dark';
    this.keep('theme', this.theme);
  }

  private keep(name: string, value: string): void {
    const url = new URL(location.href);
    url.searchParams.set(name, value);
    history.replaceState(history.state, '', url);
  }
}

function knownZone(zone: string | null): string | undefined {
  if (zone === null || zone === '') return undefined;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    console.warn(`unknown time zone in the address: ${zone}`);
    return undefined;
  }
}
