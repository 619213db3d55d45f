import { addressWith, appearanceOf, type Theme } from './address.ts';
import type { Lang } from './i18n/messages.ts';

/** How this screen wants to be seen. It lives in the address, so that a reload, a bookmark and a kiosk's start page keep it. */
export class Preferences {
  lang = $state<Lang>('en');
  theme = $state<Theme>('dark');
  readonly zone: string;
  readonly kiosk: boolean;
  readonly rotate_s: number | undefined;

  constructor(search: string, browserLanguage: string) {
    const { lang, theme, zone, kiosk, rotate_s } = appearanceOf(search, browserLanguage);
    this.lang = lang;
    this.theme = theme;
    this.zone = zone;
    this.kiosk = kiosk;
    this.rotate_s = rotate_s;
  }

  toggleLang(): void {
    this.lang = this.lang === 'zh' ? 'en' : 'zh';
    history.replaceState(history.state, '', addressWith(location.href, 'lang', this.lang));
  }

  toggleTheme(): void {
    this.theme = this.theme === 'dark' ? 'light' : 'dark';
    history.replaceState(history.state, '', addressWith(location.href, 'theme', this.theme));
  }
}
