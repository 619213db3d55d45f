import type { StoredSignal } from './stored-signal.ts';
import { prefectureOf } from '../geo/adcode.ts';
import { groupBy } from './group-by.ts';

/**
 * The region that a case is about, of a place: its prefecture-level unit, also where a dealer names its county, or `500100` for Chongqing. A
 * place that is known by its province alone stays that.
 */
export function caseRegion(adcode: string): string {
  return prefectureOf(adcode) ?? adcode;
}

/** Before the id of a territory that is a region: no adcode is spelt so. Equal to `core_case_region`. */
const TERRITORY = 'territory ';

/** Where a case was found: a division, or a territory where there are none, as in other countries; both "" = no one region. */
export interface Found {
  readonly found_adcode: string;
  readonly found_territory_id: string;
}

/** The region of a scan: its prefecture, else the territory whose outline holds it; "" = neither is known. */
export function scanRegion({
  adcode,
  found_territory_id,
}: {
  readonly adcode: string;
  readonly found_territory_id: string;
}): string {
  return regionOf({ found_adcode: caseRegion(adcode), found_territory_id });
}

/** The region that a case is about. */
export function regionOf({ found_adcode, found_territory_id }: Found): string {
  return found_adcode === '' && found_territory_id !== '' ? TERRITORY + found_territory_id : found_adcode;
}

/** What a region says of where a case was found. */
export function foundIn(region: string): Found {
  return region.startsWith(TERRITORY)
    ? { found_adcode: '', found_territory_id: region.slice(TERRITORY.length) }
    : { found_adcode: region, found_territory_id: '' };
}

/**
 * Gives signals about codes that name no region the one in which the same code, or else other goods of the same origin, product and lot
 * at the same dealer, or else others of which the same is said, were found: one deed is one case, also where a copy is told beside a scan
 * out of order, or a device sent no position. Where these were found in several regions, or in none, the signals stay as they are. So
 * do those abroad, and what else is told of the same scans: that is no place in the country.
 */
export function withRegions(signals: readonly StoredSignal[]): StoredSignal[] {
  if (signals.every(({ code, region }) => code === '' || region !== '')) return [...signals];
  const placed = signals.filter((one) => one.code !== '' && (one.region !== '' || isAbroad(one)));
  const by = [codeKey, dealerKey, kindKey].map((keyOf) => ({ keyOf, regions: onlyRegions(placed, keyOf) }));
  return signals.map((signal) => {
    if (signal.code === '' || signal.region !== '' || isAbroad(signal)) return signal;
    const known = by.flatMap(({ keyOf, regions }) => regions.get(keyOf(signal)) ?? []);
    const region = known[0] ?? '';
    return region === '' ? signal : { ...signal, region };
  });
}

/** A scan outside its territory has a position: without a region it is in no prefecture. */
function isAbroad({ kind, region }: StoredSignal): boolean {
  return kind === 'out_of_territory' && region === '';
}

/** The region of each group; "" where there is more than one. */
function onlyRegions(
  signals: readonly StoredSignal[],
  keyOf: (signal: StoredSignal) => string,
): Map<string, string> {
  return new Map(
    [...groupBy(signals, keyOf)].map(([key, group]) => {
      const [region = '', ...more] = new Set(group.map((signal) => signal.region));
      return [key, more.length === 0 ? region : ''];
    }),
  );
}

function codeKey(signal: StoredSignal): string {
  return `${goodsKey(signal)}|${signal.code}`;
}

/** Of consumers nobody says that two are the same: each code has its own. */
function dealerKey(signal: StoredSignal): string {
  return signal.found_dealer_id === '' ? codeKey(signal) : `${goodsKey(signal)}|${signal.found_dealer_id}`;
}

function kindKey(signal: StoredSignal): string {
  return `${goodsKey(signal)}|${signal.kind}`;
}

function goodsKey({ origin_dealer_id, sku_id, lot }: StoredSignal): string {
  return [origin_dealer_id, sku_id, lot].join('|');
}
