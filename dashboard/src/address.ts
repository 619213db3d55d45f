import type { Lang } from './i18n/messages.ts';

export type Theme = 'dark' | 'light';

/** How a screen wants to be seen, as its address says. */
export interface Appearance {
  readonly lang: Lang;
  readonly theme: Theme;
  /** IANA time zone. */
  readonly zone: string;
  readonly kiosk: boolean;
  /** Seconds until the next page; undefined = pages do not flip by themselves. */
  readonly rotate_s: number | undefined;
}

/** The zone of the figures' "today", unless the address names another. */
const DEFAULT_ZONE = 'Asia/Shanghai';
/** A page must stay long enough to be read, and a rotation shorter than an hour. */
const ROTATE_MIN_S = 5;
const ROTATE_MAX_S = 3600;

/**
 * Reads `?kiosk=1&lang=zh&theme=dark&tz=Asia/Shanghai&rotate=30`. What it does not say, or says wrongly, takes its default.
 *
 * @param browserLanguage BCP 47, for an address without `lang`
 */
export function appearanceOf(search: string, browserLanguage: string): Appearance {
  const asked = new URLSearchParams(search);
  const lang = asked.get('lang') ?? browserLanguage;
  const rotate_s = Number(asked.get('rotate'));
  return {
    lang: lang.toLowerCase().startsWith('zh') ? 'zh' : 'en',
    theme: asked.get('theme') === 'light' ? 'light' : 'dark',
    zone: knownZone(asked.get('tz')) ?? DEFAULT_ZONE,
    kiosk: asked.get('kiosk') === '1',
    rotate_s: rotate_s >= ROTATE_MIN_S && rotate_s <= ROTATE_MAX_S ? rotate_s : undefined,
  };
}

/** The same address with one thing said otherwise. */
export function addressWith(href: string, name: 'lang' | 'theme', value: string): string {
  const url = new URL(href);
  url.searchParams.set(name, value);
  return url.href;
}

const APPEARANCE = ['kiosk', 'lang', 'theme', 'tz', 'rotate'] as const;

/** Of a query what says how the screen wants to be seen, for the way to a page of another matter; and what that page is asked. */
export function searchOfPage(search: string, parts: Readonly<Record<string, string>> = {}): string {
  const asked = new URLSearchParams(search);
  const kept = APPEARANCE.flatMap((name) => asked.getAll(name).map((value) => [name, value] as const));
  return searchWith('', { ...Object.fromEntries(kept), ...parts });
}

/** A query with other parts: a value of undefined or '' takes one away. */
export function searchWith(search: string, parts: Readonly<Record<string, string | undefined>>): string {
  const asked = new URLSearchParams(search);
  for (const [name, value] of Object.entries(parts)) {
    if (value === undefined || value === '') asked.delete(name);
    else asked.set(name, value);
  }
  return asked.size === 0 ? '' : `?${asked.toString()}`;
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
