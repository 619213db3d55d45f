import type { Lang } from '../i18n/messages.ts';
import { workEn } from './texts-en.ts';
import { workZh } from './texts-zh.ts';

/** What every language must say on the work pages: a missing or surplus key, or other arguments, do not compile. */
export type WorkTexts = {
  readonly [K in keyof typeof workZh]: (typeof workZh)[K] extends (
    ...args: infer A extends string[]
  ) => string
    ? (...args: A) => string
    : string;
};

export const WORK_TEXTS: Readonly<Record<Lang, WorkTexts>> = { zh: workZh, en: workEn };
