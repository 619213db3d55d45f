import { DateTime } from 'luxon';
import { distanceKm } from '../../models/geo/distance.ts';
import { demandAhead } from '../../models/replenishment/demand-ahead.ts';
import type { PeriodForecast } from '../../models/replenishment/demand-sum.ts';
import {
  orderSuggestionId,
  suggestOrder,
  type OrderSuggestion,
} from '../../models/replenishment/suggest-order.ts';
import {
  suggestTransfers,
  surplusOf,
  transferSuggestionId,
  type TransferSite,
  type TransferTerms,
} from '../../models/replenishment/suggest-transfers.ts';
import type { SqlClient } from '../../sql/client.ts';
import type { ReplenishmentPolicy } from './policy.ts';
import { storeSuggestions, type SuggestionRow } from './stored-suggestions.ts';

/** Stock moves all the time and tells no one: suggestions are made anew after so many hours at the latest. */
const HOURS_MAX = 6;

/** Means, medians and 90 % quantiles of the days and weeks from the forecast's first day on, overrides in their place. */
interface InputRow {
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly days_over: number;
  readonly means: readonly number[];
  readonly p50s: readonly number[];
  readonly p90s: readonly number[];
  /** Of the means, what promotions add; null where it is not known. */
  readonly uplifts: readonly (number | null)[];
  readonly week_means: readonly number[];
  readonly week_p50s: readonly number[];
  readonly week_p90s: readonly number[];
  readonly on_hand: number;
  readonly in_transit: number;
  readonly committed: number;
  readonly on_order: number;
  readonly lead_time_days: number | null;
  readonly pack_qty: number | null;
  readonly margin: number | null;
  readonly currency: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly is_investigated: boolean;
  /** Whether the product can be had and the dealer trades. */
  readonly may_order: boolean;
}

/** One dealer and product with what is to be ordered for it. */
interface Site extends InputRow {
  /** By days from today on. */
  readonly forecast: readonly PeriodForecast[];
  readonly lead_time: number;
  /** Days of lead and review time that the forecast covers. */
  readonly covered: number;
  /** Of the demand, what promotions add; null where it is not known. */
  readonly promo_uplift: number | null;
  readonly pack: number;
  readonly order: OrderSuggestion;
}

export interface SuggestionRun {
  readonly cycle: string;
  readonly orders: number;
  readonly transfers: number;
  /** Dealer and product pairs with a stock snapshot; the others get no suggestion. */
  readonly stocked: number;
}

/** A run in words. */
export function toldRun({ cycle, orders, transfers, stocked }: SuggestionRun): string {
  return `${cycle}: ${orders} orders and ${transfers} transfers suggested for ${stocked} dealer and product pairs with stock`;
}

/** What there is to make suggestions from. */
interface SuggestionsDue {
  /** The last one; '' = nothing was forecast yet. */
  readonly forecast_version: string;
  readonly overrides: number;
  readonly is_due: boolean;
}

/**
 * Whether suggestions are to be made: there is a version, an override or a decision on a transfer that the last run did not see, or that
 * run is old. A run that failed was none, so one is due until it succeeds.
 */
export async function suggestionsDue(sql: SqlClient): Promise<SuggestionsDue> {
  const [due] = await sql.queryFile<SuggestionsDue>('queries/forecast/suggestions-due.sql', {
    params: { hours_max: HOURS_MAX },
  });
  if (due === undefined) throw new Error('whether suggestions are due cannot be read');
  return due;
}

/**
 * Suggests orders and transfers from the last forecast version, its overrides and the stock of now, and stores them. Runs of one cycle (an
 * ISO week) supersede each other, and those of the cycles before: a suggestion that is not made again ends, unless it was decided on.
 * What was decided on stays as it was then. Null when nothing was forecast yet.
 */
export async function suggestFromLatest(
  sql: SqlClient,
  policy: ReplenishmentPolicy,
  options: { readonly time_zone: string; readonly now: Date },
): Promise<SuggestionRun | null> {
  const { now, time_zone } = options;
  // Read first: an override or a decision that comes while the rest is read makes another run due.
  const { forecast_version, overrides } = await suggestionsDue(sql);
  if (forecast_version === '') return null;
  const local = DateTime.fromJSDate(now, { zone: time_zone });
  const cycle = `${local.weekYear}-W${String(local.weekNumber).padStart(2, '0')}`;
  const [rows, recent, decided, orders_decided] = await Promise.all([
    sql.queryFile<InputRow>('queries/forecast/replenishment-inputs.sql', {
      params: {
        ...{ version: forecast_version, time_zone },
        ...{ transfer_days: Math.ceil(policy.transfer_days), order_days: Math.ceil(policy.order_days) },
      },
    }),
    sql.queryFile<Lane>('queries/forecast/recent-transfers.sql', {
      params: { days: policy.transfer_cooldown_days },
    }),
    sql.queryFile<Lane>('queries/forecast/decided-transfers.sql', { params: { cycle } }),
    sql.queryFile<{ suggestion_id: string }>('queries/forecast/decided-orders.sql', { params: { cycle } }),
  ]);
  const sites = rows.map((row) => siteOf(row, policy));
  const stamp = { cycle, forecast_version, created_at: now.toISOString(), version: now.getTime() };
  const ordered = new Set(orders_decided.map(({ suggestion_id }) => suggestion_id));
  const orders = sites
    .filter(({ order, may_order }) => order.qty > 0 && may_order)
    .map((site) => orderRow(site, policy, cycle))
    .filter(({ suggestion_id }) => !ordered.has(suggestion_id));
  const transfers = transferRows(sites, policy, { recent, decided }, cycle);
  await storeSuggestions(sql, 'replenishment', orders, stamp);
  await storeSuggestions(sql, 'transfers', transfers, stamp);
  const run = { cycle, orders: orders.length, transfers: transfers.length, stocked: sites.length };
  await sql.insertRows('raw_mart_suggestion_runs', [
    { ...run, forecast_version, overrides, created_at: stamp.created_at },
  ]);
  return run;
}

function siteOf(row: InputRow, policy: ReplenishmentPolicy): Site {
  const { days_over, means, p50s, p90s, week_means, week_p50s, week_p90s } = row;
  const ahead = {
    days: periodsOf(means, p50s, p90s),
    weeks: periodsOf(week_means, week_p50s, week_p90s),
    days_over,
  };
  const forecast = demandAhead(ahead, policy.error_correlation);
  const pack = row.pack_qty ?? policy.pack_qty_if_unknown;
  const lead_time = row.lead_time_days ?? policy.lead_time_days_if_unknown;
  // Beyond the forecast's end nothing is known: what is covered of a longer lead time is said in the suggestion.
  const covered = Math.min(lead_time + policy.review_days, forecast.length);
  const review_time = Math.min(policy.review_days, covered);
  // The weekly forecast beyond the days knows of no promotion, so none adds to it.
  const uplifts = row.uplifts.slice(days_over);
  const order = suggestOrder(
    forecast,
    row,
    {
      ...{ lead_time: covered - review_time, review_time, pack_qty: pack },
      service_level: policy.service_level,
      error_correlation: policy.error_correlation,
    },
    uplifts.map((units) => units ?? 0),
  );
  const is_known = uplifts.length > 0 && !uplifts.slice(0, Math.ceil(covered)).includes(null);
  return {
    ...{ ...row, forecast, lead_time, covered, pack, order },
    promo_uplift: is_known ? order.promo_uplift : null,
  };
}

function periodsOf(
  means: readonly number[],
  p50s: readonly number[],
  p90s: readonly number[],
): PeriodForecast[] {
  return means.map((mean, step) => ({ mean, p50: p50s[step] ?? mean, p90: p90s[step] ?? mean }));
}

function orderRow(site: Site, policy: ReplenishmentPolicy, cycle: string): SuggestionRow {
  const { dealer_id, sku_id, order, on_hand, on_order, in_transit, committed, pack } = site;
  const { qty, demand, safety, target, position, rounding } = order;
  return {
    suggestion_id: orderSuggestionId(dealer_id, sku_id, cycle),
    ...{ dealer_id, sku_id, qty, demand, safety, target, position, rounding },
    ...{ on_hand, on_order, in_transit, committed },
    promo_uplift: site.promo_uplift,
    pack_qty: pack,
    lead_time_days: site.lead_time,
    review_days: policy.review_days,
    covered_days: site.covered,
    service_level: policy.service_level,
  };
}

interface Lane {
  readonly from_dealer_id: string;
  readonly to_dealer_id: string;
  readonly sku_id: string;
}

function transferRows(
  sites: readonly Site[],
  policy: ReplenishmentPolicy,
  past: { readonly recent: readonly Lane[]; readonly decided: readonly Lane[] },
  cycle: string,
): SuggestionRow[] {
  const used = namesOf(past.recent);
  const decided = namesOf(past.decided);
  const forbidden = new Set(policy.forbidden_lanes.map((lane) => JSON.stringify(lane)));
  return [...bySku(sites)].flatMap(([sku_id, list]) => {
    const [first] = list;
    // Without a margin in money nothing can be weighed against the cost of a transfer.
    if (first === undefined || first.margin === null || first.margin <= 0) return [];
    const by_dealer = new Map(list.map((site) => [site.dealer_id, site]));
    const distance = (from: string, to: string): number | null =>
      kmBetween(by_dealer.get(from), by_dealer.get(to));
    const terms: TransferTerms = {
      gain_per_unit: first.margin,
      gain_min: policy.transfer_gain_min,
      pack_qty: first.pack,
      lane: (from, to) => {
        const km = distance(from, to);
        if (km === null || forbidden.has(JSON.stringify([from, to]))) return null;
        if (decided.has(JSON.stringify([sku_id, from, to]))) return null;
        return {
          fixed: policy.transfer_cost_fixed,
          per_unit: (policy.transfer_cost_per_unit_per_100_km * km) / 100,
        };
      },
      cools_down: (from, to) => used.has(JSON.stringify([sku_id, to, from])),
    };
    const transferSites = new Map(list.map((site) => [site.dealer_id, transferSite(site, policy)]));
    return suggestTransfers([...transferSites.values()], terms).map(
      ({ from_dealer_id, to_dealer_id, qty, gain, cost }) => ({
        suggestion_id: transferSuggestionId(from_dealer_id, to_dealer_id, sku_id, cycle),
        ...{ from_dealer_id, to_dealer_id, sku_id, qty },
        gain: gain.toFixed(2),
        cost: cost.toFixed(2),
        currency: first.currency ?? '',
        distance_km: distance(from_dealer_id, to_dealer_id),
        surplus: surplusOf(transferSites.get(from_dealer_id) ?? NOTHING),
        shortage: transferSites.get(to_dealer_id)?.shortage ?? 0,
      }),
    );
  });
}

function namesOf(lanes: readonly Lane[]): ReadonlySet<string> {
  return new Set(
    lanes.map(({ from_dealer_id, to_dealer_id, sku_id }) =>
      JSON.stringify([sku_id, from_dealer_id, to_dealer_id]),
    ),
  );
}

const NOTHING: TransferSite = {
  dealer_id: '',
  stock: 0,
  demand: 0,
  buffer: 0,
  shortage: 0,
  investigated: false,
};

function transferSite(site: Site, policy: ReplenishmentPolicy): TransferSite {
  const stock = Math.max(0, site.on_hand - site.committed);
  const until = (days: number): number =>
    site.forecast.slice(0, Math.ceil(days)).reduce((sum, { mean }) => sum + mean, 0);
  return {
    dealer_id: site.dealer_id,
    stock,
    demand: until(policy.transfer_horizon_days),
    buffer: site.order.safety,
    // What is ordered now arrives after the lead time; until then there is what is on hand and on its way.
    shortage: site.may_order ? Math.max(0, until(site.lead_time) - stock - site.in_transit) : 0,
    investigated: site.is_investigated,
  };
}

function kmBetween(from: Site | undefined, to: Site | undefined): number | null {
  if (from === undefined || to === undefined) return null;
  if (from.lat === null || from.lon === null || to.lat === null || to.lon === null) return null;
  return distanceKm([from.lon, from.lat], [to.lon, to.lat]);
}

function bySku(sites: readonly Site[]): Map<string, Site[]> {
  const groups = new Map<string, Site[]>();
  for (const site of sites) {
    const group = groups.get(site.sku_id);
    if (group === undefined) groups.set(site.sku_id, [site]);
    else group.push(site);
  }
  return groups;
}
