import { describe, expect, it, vi } from 'vitest';
import { addressWith, appearanceOf, searchOfPage, searchWith } from './address.ts';

describe('appearanceOf', () => {
  it('reads the address of a kiosk', () => {
    expect(appearanceOf('?kiosk=1&lang=zh&theme=light&tz=Europe/Berlin&rotate=30', 'en')).toEqual({
      lang: 'zh',
      theme: 'light',
      zone: 'Europe/Berlin',
      kiosk: true,
      rotate_s: 30,
    });
  });

  it('an address that says nothing follows the browser’s language, dark, in the zone of the figures', () => {
    expect(appearanceOf('', 'zh-TW')).toEqual({
      lang: 'zh',
      theme: 'dark',
      zone: 'Asia/Shanghai',
      kiosk: false,
      rotate_s: undefined,
    });
  });

  it('takes the default for what cannot be', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    expect(appearanceOf('?tz=Mars/Olympus&rotate=0.1', 'en')).toMatchObject({
      zone: 'Asia/Shanghai',
      rotate_s: undefined,
    });
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  it('an address written is read back the same', () => {
    const href = addressWith('http://wall/wall/main?kiosk=1&lang=en', 'lang', 'zh');
    expect(appearanceOf(new URL(href).search, 'en')).toMatchObject({ lang: 'zh', kiosk: true });
  });
});

describe('searchOfPage', () => {
  it('leaves behind what only the page before was asked', () => {
    expect(searchOfPage('?find=x&lang=zh&state=open&theme=light')).toBe('?lang=zh&theme=light');
    expect(searchOfPage('?state=open', { dealer: '=D 2' })).toBe('?dealer=%3DD+2');
  });
});

describe('searchWith', () => {
  it('says otherwise, or no more, what it is given, and leaves the rest', () => {
    const search = '?lang=zh&state=open&from=2026-11-01';
    expect(searchWith(search, { state: 'closed', from: '' })).toBe('?lang=zh&state=closed');
    expect(searchWith('?state=open', { state: undefined })).toBe('');
  });
});
