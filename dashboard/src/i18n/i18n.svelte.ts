import { en } from './en.ts';
import { createFormat, type Format } from './format.ts';
import type { Messages } from './messages.ts';
import { zhCN } from './zh-cn.ts';
import type { Preferences } from '../preferences.svelte.ts';

const DICTIONARIES = { zh: zhCN, en } as const;

/** The texts and number formats of the language chosen; both change live. */
export class I18n {
  private readonly preferences: Preferences;
  readonly t: Messages = $derived.by(() => DICTIONARIES[this.preferences.lang]);
  readonly f: Format = $derived.by(() => createFormat(this.preferences.lang, this.preferences.zone));

  constructor(preferences: Preferences) {
    this.preferences = preferences;
  }
}
