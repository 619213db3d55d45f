import { MATCH_PAIRS, type MatchPair } from '../../../../models/money/three-way-match.ts';

/** What the page shows, as its address says (`?view=&dealer=&pair=&age=&program=&month=`). */
export interface MoneyFilter {
  readonly view: 'differences' | 'rebates';
  readonly dealer_id: string;
  readonly pair?: MatchPair;
  /** Only differences that have stood so many days; 0 = all. */
  readonly age_days_min: number;
  readonly program_id: string;
  /** YYYY-MM, or ''. */
  readonly month: string;
}

/** Ages that dunning goes by, days. */
export const AGES_DAYS = [8, 31, 61, 91] as const;

/** Reads the address; what it says wrongly counts as unsaid. */
export function moneyFilterOf(search: string): MoneyFilter {
  const asked = new URLSearchParams(search);
  const pair = MATCH_PAIRS.find((one) => one === asked.get('pair'));
  const month = asked.get('month') ?? '';
  return {
    view: asked.get('view') === 'rebates' ? 'rebates' : 'differences',
    dealer_id: asked.get('dealer') ?? '',
    ...(pair && { pair }),
    age_days_min: AGES_DAYS.find((days) => String(days) === asked.get('age')) ?? 0,
    program_id: asked.get('program') ?? '',
    month: /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? month : '',
  };
}

/** The address of a list's first page at the server. */
export function differencesPath({ dealer_id, pair, age_days_min }: MoneyFilter): string {
  return pathOf('/v1/reconciliation', {
    dealer_id,
    pair: pair ?? '',
    age_days_min: age_days_min === 0 ? '' : String(age_days_min),
  });
}

export function rebatesPath({ dealer_id, program_id, month }: MoneyFilter): string {
  return pathOf('/v1/rebates', { dealer_id, program_id, month });
}

/** Whether the list of differences leaves something out. */
export function isNarrowed({ dealer_id, pair, age_days_min }: MoneyFilter): boolean {
  return dealer_id !== '' || pair !== undefined || age_days_min > 0;
}

function pathOf(path: string, parts: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== ''));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
