import type { Forecast } from '../../models/forecast/forecaster.ts';
import { HEAD_COUNT, HEADS } from '../../models/forecast/forecaster.ts';
import type { Panel } from '../../models/forecast/panel.ts';
import { normalQuantile, type PeriodForecast } from '../../models/replenishment/demand-sum.ts';
import { suggestOrder } from '../../models/replenishment/suggest-order.ts';
import { forecastOrigin } from '../../processors/forecast/forecast-origin.ts';
import { DEFAULT_FORECASTER_IDS } from '../../processors/forecast/forecasters.ts';
import { dailyPanel } from '../../processors/forecast/warehouse/demand-panel.ts';
import { keyOf, type DemandHistory } from '../../processors/forecast/warehouse/history.ts';
import { ForecastPool } from '../../processors/forecast/worker-pool.ts';
import { dealerHabit, habitCases, REVIEW_CHANCE } from '../../simulator/flow/days.ts';
import { Random } from '../../simulator/random.ts';
import { DAY_MS } from '../../simulator/time.ts';
import type { OrderPolicy, ShelfView } from './play.ts';
import type { ShopChannel } from './shop-channel.ts';

/** Days of the moving average. */
const WINDOW_DAYS = 28;
const REVIEW_DAYS = 1;
/** China is ahead of UTC by so much all the year. */
const CHINA_MS = 8 * 3_600_000;

/** The dealers' own habit, as in the simulator: a look once in three days on the mean, (s, S) by the long-run mean. */
export function habitPolicy(seed: string): OrderPolicy {
  const random = new Random(`${seed}/habit`);
  let looking = new Set<string>();
  return {
    beginEvening: (_day, views) => {
      const ids = new Set(views.map(({ shelf }) => shelf.dealer.dealer_id));
      looking = new Set([...ids].filter(() => random.chance(REVIEW_CHANCE)));
      return Promise.resolve();
    },
    casesFor: ({ shelf, on_hand, on_order }) =>
      looking.has(shelf.dealer.dealer_id)
        ? habitCases(
            dealerHabit(shelf.daily_mean, shelf.dealer.tier),
            on_hand + on_order,
            shelf.product.pack_qty,
          )
        : 0,
  };
}

/** The plain reorder point, each day: m·n + z·s·√n of the last 28 days that were in stock, n = lead time + review. */
export function movingAveragePolicy(service_level: number): OrderPolicy {
  const z = normalQuantile(service_level);
  return {
    casesFor: ({ shelf, on_hand, on_order, sold, left }) => {
      const { pack_qty, lead_time_days } = shelf.product;
      const known = [...sold].filter((units, day) => units > 0 || left[day] !== 0).slice(-WINDOW_DAYS);
      if (known.length === 0) return 0;
      const mean = known.reduce((sum, units) => sum + units, 0) / known.length;
      const variance = known.reduce((sum, units) => sum + (units - mean) ** 2, 0) / known.length;
      const days = lead_time_days + REVIEW_DAYS;
      const point = mean * days + z * Math.sqrt(variance * days);
      return Math.ceil(Math.max(0, point - on_hand - on_order) / pack_qty);
    },
  };
}

/**
 * Ours: the panel, forecasts and suggestions of the product itself, each day. A forecast is made anew every `refit_days` and used by its days
 * that are still ahead. It knows what was sold, when nothing was there, promotions as they are announced, and the calendar.
 */
export function forecastPolicy(
  channel: ShopChannel,
  terms: { readonly service_level: number; readonly error_correlation: number },
  {
    refit_days,
    threads,
    seed,
  }: { readonly refit_days: number; readonly threads: number; readonly seed: number },
): OrderPolicy {
  const longest = Math.max(...channel.shelves.map(({ product }) => product.lead_time_days));
  const h = refit_days + longest + REVIEW_DAYS;
  let made: { readonly forecast: Forecast; readonly origin: number } | undefined;
  return {
    beginEvening: async (day, views) => {
      if (made !== undefined && day - made.origin < refit_days) return;
      const panel = dailyPanel(historyOf(channel, views, day), h);
      made = { forecast: await forecast(panel, day, { h, threads, seed }), origin: day };
    },
    casesFor: (view, day) => {
      if (made === undefined) throw new Error('orders are made before the first forecast');
      const { pack_qty, lead_time_days } = view.shelf.product;
      const ahead = periodsOf(made.forecast, view.index).slice(day - made.origin);
      const stock = { on_hand: view.on_hand, on_order: view.on_order, in_transit: 0, committed: 0 };
      const times = { lead_time: lead_time_days, review_time: REVIEW_DAYS };
      return suggestOrder(ahead, stock, { ...times, ...terms, pack_qty }).qty / pack_qty;
    },
  };
}

async function forecast(
  panel: Panel,
  origin: number,
  { h, threads, seed }: { readonly h: number; readonly threads: number; readonly seed: number },
): Promise<Forecast> {
  const pool = new ForecastPool(panel, threads);
  try {
    const request = { origin, h, seed, forecasters: DEFAULT_FORECASTER_IDS };
    return (await forecastOrigin(panel, pool, request)).final;
  } finally {
    await pool.close();
  }
}

function periodsOf({ values, h }: Forecast, series: number): PeriodForecast[] {
  return Array.from({ length: h }, (_, step) => {
    const head = (name: (typeof HEADS)[number]): number =>
      values[(series * h + step) * HEAD_COUNT + HEADS.indexOf(name)] as number;
    return { mean: head('mean'), p50: head('p50'), p90: head('p90') };
  });
}

/** What the warehouse would know on an evening. */
function historyOf(channel: ShopChannel, views: readonly ShelfView[], day: number): DemandHistory {
  const first_day = dayNumber(channel.start_ms);
  const demand = new Map<string, { days: number[]; qtys: number[] }>();
  const out_of_stock = new Map<string, number[]>();
  const series = views.map(({ shelf: { dealer, product }, sold, left }) => {
    const key = keyOf({ dealer_id: dealer.dealer_id, sku_id: product.sku_id });
    const days = [...sold.keys()].filter((at) => (sold[at] as number) > 0);
    demand.set(key, { days: days.map((at) => first_day + at), qtys: days.map((at) => sold[at] as number) });
    out_of_stock.set(
      key,
      [...left.keys()].filter((at) => left[at] === 0).map((at) => first_day + at),
    );
    return {
      ...{ dealer_id: dealer.dealer_id, sku_id: product.sku_id, dealer_name: '', sku_name: '', adcode: '' },
      ...{ territory_id: dealer.territory_id, category: product.category, open_orders_qty: 0 },
      ...{ on_hand_qty: null, in_transit_qty: null, committed_qty: null, tier: 0, peer_share: null },
    };
  });
  const promotions = channel.world.promotions.map(({ sku_ids, starts_ms, ends_ms, discount_pct }) => ({
    ...{ sku_ids: [...sku_ids], territory_ids: [], discount_pct },
    ...{ first_day: dayNumber(starts_ms), last_day: dayNumber(ends_ms) - 1 },
  }));
  return { first_day, last_day: first_day + day, series, demand, out_of_stock, promotions, prices: [] };
}

function dayNumber(time_ms: number): number {
  return Math.floor((time_ms + CHINA_MS) / DAY_MS);
}
