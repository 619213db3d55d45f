import type { Lang } from '../i18n/messages.ts';
import { workEn } from './texts-en.ts';
import { workZh } from './texts-zh.ts';

/** Texts in another language: a missing or surplus key, or other arguments, do not compile. */
export type Translated<Texts> = {
  readonly [K in keyof Texts]: Texts[K] extends (...args: infer A extends string[]) => string
    ? (...args: A) => string
    : string;
};

/** The texts of one page, in both languages; they are loaded with it. */
export function bilingual<Texts extends Record<string, string | ((...args: string[]) => string)>>(
  zh: Texts,
  en: Translated<Texts>,
): { readonly zh: Texts; readonly en: Translated<Texts> } {
  return { zh, en };
}

export type WorkTexts = Translated<typeof workZh>;

export const WORK_TEXTS: Readonly<Record<Lang, WorkTexts>> = { zh: workZh, en: workEn };
