import type { CompareLevel } from '../../../server/forecasts/compare-rows.ts';

export const COMPARE_CHOICES = [
  'total',
  'category',
  'dealer',
  'sku',
] as const satisfies readonly CompareLevel[];

/** What the page shows, as its address says (`?version=&compare=&dealer=&sku=&grain=&level=`). */
export interface ForecastChoice {
  /** A version's name; '' = the latest. */
  readonly version: string;
  /** '' = none. */
  readonly compare: string;
  /** '' = a total over all. */
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly grain: 'day' | 'week';
  /** Of the comparison. */
  readonly level: CompareLevel;
}

export function forecastChoiceOf(search: string): ForecastChoice {
  const asked = new URLSearchParams(search);
  return {
    version: asked.get('version') ?? '',
    compare: asked.get('compare') ?? '',
    dealer_id: asked.get('dealer') ?? '',
    sku_id: asked.get('sku') ?? '',
    grain: asked.get('grain') === 'week' ? 'week' : 'day',
    level: COMPARE_CHOICES.find((level) => level === asked.get('level')) ?? 'total',
  };
}

/** Address of the choice's rows at the server. */
export function seriesPath({ version, compare, dealer_id, sku_id, grain }: ForecastChoice): string {
  return pathOf(version, 'series', { grain, dealer_id, sku_id, compare });
}

/** Address of a file of the choice's rows. */
export function exportPath(choice: ForecastChoice, format: 'csv' | 'xlsx' | 'parquet'): string {
  const { version, dealer_id, sku_id, grain } = choice;
  return pathOf(version, 'export', { format, grain, dealer_id, sku_id });
}

/** Address of the version's dealers or products that match. */
export function membersPath(version: string, kind: 'dealer' | 'sku', find: string): string {
  return pathOf(version, 'members', { kind, find });
}

/** Address of the comparison with the other version, by the level chosen. */
export function comparePath({ version, compare, grain, level }: ForecastChoice): string {
  return pathOf(version, 'compare', { with: compare, level, grain });
}

/** Where a version takes the workbook that was made of it. */
export function workbookPath(version: string, dry_run: boolean): string {
  return pathOf(version, 'overrides/workbook', { dry_run: String(dry_run) });
}

export function versionPath(version: string): string {
  return `/v1/forecasts/${encodeURIComponent(version === '' ? 'latest' : version)}`;
}

function pathOf(version: string, what: string, parts: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== ''));
  return `${versionPath(version)}/${what}?${query.toString()}`;
}
