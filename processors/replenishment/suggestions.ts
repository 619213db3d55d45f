import { DateTime } from 'luxon';
import { distanceKm } from '../../models/geo/distance.ts';
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

/** Rows of one insert. */
const ROWS_PER_INSERT = 20_000;

interface InputRow {
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly means: readonly number[];
  readonly p50s: readonly number[];
  readonly p90s: readonly number[];
  readonly on_hand: number;
  readonly in_transit: number;
  readonly committed: number;
  readonly on_order: number | null;
  readonly lead_time_days: number | null;
  readonly pack_qty: number | null;
  readonly margin: number | null;
  readonly currency: string | null;
  readonly lat: number | null;
  readonly lon: number | null;
  readonly is_investigated: boolean;
}

/** One dealer and product with what is to be ordered for it. */
interface Site extends InputRow {
  readonly forecast: readonly PeriodForecast[];
  readonly lead_time: number;
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

/**
 * Suggests orders and transfers from a forecast version and the stock of now, and stores them. Runs of one cycle (an ISO week)
 * supersede each other: a suggestion that is not made again ends, unless it was decided on.
 */
export async function suggestFromVersion(
  sql: SqlClient,
  forecast_version: string,
  policy: ReplenishmentPolicy,
  options: { readonly time_zone: string; readonly now: Date },
): Promise<SuggestionRun> {
  const { now } = options;
  const local = DateTime.fromJSDate(now, { zone: options.time_zone });
  const cycle = `${local.weekYear}-W${String(local.weekNumber).padStart(2, '0')}`;
  const [rows, recent] = await Promise.all([
    sql.queryFile<InputRow>('queries/forecast/replenishment-inputs.sql', {
      params: { version: forecast_version },
    }),
    sql.queryFile<Lane>('queries/forecast/recent-transfers.sql', {
      params: { days: policy.transfer_cooldown_days },
    }),
  ]);
  const sites = rows.map((row) => siteOf(row, policy));
  const stamp = { cycle, forecast_version, created_at: now.toISOString(), version: now.getTime() };
  const orders = sites
    .filter(({ order }) => order.qty > 0)
    .map((site) => ({ ...orderRow(site, policy, cycle), ...stamp }));
  const transfers = transferRows(sites, policy, recent, cycle).map((row) => ({ ...row, ...stamp }));
  await store(sql, 'replenishment', orders, stamp);
  await store(sql, 'transfers', transfers, stamp);
  return { cycle, orders: orders.length, transfers: transfers.length, stocked: sites.length };
}

async function store(
  sql: SqlClient,
  name: 'replenishment' | 'transfers',
  rows: readonly object[],
  { cycle, version }: { readonly cycle: string; readonly version: number },
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_PER_INSERT) {
    await sql.insertRows(`raw_mart_${name}`, rows.slice(from, from + ROWS_PER_INSERT));
  }
  await sql.commandFile(`queries/forecast/supersede-${name}.sql`, { params: { cycle, version } });
}

function siteOf(row: InputRow, policy: ReplenishmentPolicy): Site {
  const forecast = row.means.map((mean, step) => ({
    mean,
    p50: row.p50s[step] ?? mean,
    p90: row.p90s[step] ?? mean,
  }));
  const pack = row.pack_qty ?? policy.pack_qty_if_unknown;
  // Beyond the forecast's end nothing is known: a longer lead time is cut there.
  const lead_time = Math.min(
    row.lead_time_days ?? policy.lead_time_days_if_unknown,
    Math.max(0, forecast.length - policy.review_days),
  );
  const stock = { ...row, on_order: row.on_order ?? 0 };
  const order = suggestOrder(forecast, stock, {
    lead_time,
    review_time: Math.min(policy.review_days, forecast.length),
    service_level: policy.service_level,
    error_correlation: policy.error_correlation,
    pack_qty: pack,
  });
  return { ...row, forecast, lead_time, pack, order };
}

function orderRow(site: Site, policy: ReplenishmentPolicy, cycle: string): object {
  const { dealer_id, sku_id, order, on_hand, in_transit, committed, pack, lead_time } = site;
  const { qty, demand, safety, target, position, rounding } = order;
  return {
    suggestion_id: orderSuggestionId(dealer_id, sku_id, cycle),
    ...{ dealer_id, sku_id, qty, demand, safety, target, position, rounding, on_hand, in_transit, committed },
    promo_uplift: null,
    on_order: site.on_order ?? 0,
    pack_qty: pack,
    lead_time_days: lead_time,
    review_days: policy.review_days,
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
  recent: readonly Lane[],
  cycle: string,
): object[] {
  const used = new Set(
    recent.map(({ from_dealer_id, to_dealer_id, sku_id }) =>
      JSON.stringify([sku_id, from_dealer_id, to_dealer_id]),
    ),
  );
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
    shortage: Math.max(0, until(site.lead_time) - stock - site.in_transit),
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
