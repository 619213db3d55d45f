import type { zhCN } from './zh-cn.ts';

/** What every language must say: a missing or surplus key, or other arguments, do not compile. */
export type Messages = {
  readonly [K in keyof typeof zhCN]: (typeof zhCN)[K] extends (...args: infer A extends string[]) => string
    ? (...args: A) => string
    : string;
};

export type Lang = 'zh' | 'en';

/** BCP 47 tags, for Intl and for the document. */
export const LOCALES: Readonly<Record<Lang, string>> = { zh: 'zh-CN', en: 'en' };
