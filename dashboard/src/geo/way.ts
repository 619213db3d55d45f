import { prefectureOf, provinceOf } from '../../../models/geo/adcode.ts';

/** How regions are named, and a way that stays within one. */
export interface WayWords {
  readonly region: (adcode: string | undefined) => string;
  readonly within: (region: string) => string;
}

/**
 * From where to where, in words: "Zhejiang → Jiangxi". A case that is about what somebody ordered or did not scan has both ends at
 * its own place, which is then named once: "Anhui → Anhui" would tell of a way that nothing went.
 */
export function wayBetween(
  from: string | undefined,
  to: string | undefined,
  { region, within }: WayWords,
): string {
  if (from === undefined || to === undefined || provinceOf(from) !== provinceOf(to))
    return `${region(from)} → ${region(to)}`;
  return isOnePlace(from, to) ? region(from) : within(region(from));
}

/** Whether two codes may mean one place: who is known by the province alone may be anywhere in it. */
export function isOnePlace(from: string, to: string): boolean {
  if (provinceOf(from) !== provinceOf(to)) return false;
  const [a, b] = [prefectureOf(from), prefectureOf(to)];
  return a === null || b === null || a === b;
}
