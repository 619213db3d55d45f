import { createReadStream, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { dateOf } from '../../models/calendar/day.ts';
import { syntheticPanel } from '../../models/forecast/synthetic-panel.ts';
import { baseDemand, drawDemand, runningPromotion, seasonality } from '../../simulator/demand/demand.ts';
import { DEFAULTS } from '../../simulator/options.ts';
import { Random } from '../../simulator/random.ts';
import { DAY_MS, day, midnight } from '../../simulator/time.ts';
import { makeWorld } from '../../simulator/world/world.ts';
import { readPrefectures } from '../../sql/geo/load.ts';

/** A panel to compare on, as the CSV that every model reads. */
export interface BenchPanel {
  readonly name: string;
  readonly freq: 'D' | 'W';
  readonly h: number;
  readonly season: number;
  readonly future: readonly string[];
  /** Writes the CSV. */
  readonly write: (path: string) => Promise<void>;
}

const SERIES = 1050;
export const PERIODS = 447;

/** The whole of UCI Online Retail when a file of it is named, else the cut that the tests ship. */
const RETAIL_CUT = new URL('../../tests/data/online-retail-cut.csv.gz', import.meta.url);

export function benchPanels(retail_lines: string | undefined): readonly BenchPanel[] {
  const lines = retail_lines !== undefined && existsSync(retail_lines) ? retail_lines : RETAIL_CUT;
  return [
    {
      name: 'retail',
      freq: 'D',
      h: 28,
      season: 7,
      future: [],
      write: (path) => writeRetail(lines, path, false),
    },
    {
      name: 'retail_weekly',
      freq: 'W',
      h: 8,
      season: 52,
      future: [],
      write: (path) => writeRetail(lines, path, true),
    },
    { name: 'channel', freq: 'D', h: 28, season: 7, future: ['promo', 'price'], write: writeChannel },
    { name: 'promotions', freq: 'D', h: 28, season: 7, future: ['promo'], write: writePromotions },
  ];
}

/** Real and lumpy: units by product and day (or week) of a gift wholesaler, returns left out; zeros from the first sale on. */
async function writeRetail(lines: string | URL, path: string, weekly: boolean): Promise<void> {
  const sold = new Map<string, Map<number, number>>();
  let first = Infinity;
  let last = -Infinity;
  const rows = createReadStream(lines)
    .pipe(createGunzip())
    .pipe(parse({ columns: true }));
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    const qty = Number(row['Quantity']);
    const code = row['StockCode'] ?? '';
    if (!(qty > 0) || !(Number(row['UnitPrice']) > 0) || !/^\d{5}/.test(code)) continue;
    const date = Math.floor(Date.parse(`${(row['InvoiceDate'] ?? '').slice(0, 10)}T00:00:00Z`) / DAY_MS);
    // Weeks from Monday; the last one is not complete.
    const period = weekly ? date - ((date + 3) % 7) : date;
    first = Math.min(first, period);
    last = Math.max(last, period);
    const of_code = sold.get(code) ?? new Map<number, number>();
    of_code.set(period, (of_code.get(period) ?? 0) + qty);
    sold.set(code, of_code);
  }
  const step = weekly ? 7 : 1;
  if (weekly) last -= step;
  const chosen = [...sold]
    .sort(([a, one], [b, other]) => other.size - one.size || (a < b ? -1 : 1))
    .slice(0, SERIES);
  const out = ['series_id,date,qty'];
  for (const [code, of_code] of chosen)
    for (let t = Math.max(first, Math.min(...of_code.keys())); t <= last; t += step)
      out.push(`${code},${dateOf(t)},${of_code.get(t) ?? 0}`);
  await writeFile(path, `${out.join('\n')}\n`);
}

/** The simulator's channel: what consumers want of each product at each dealer, with season and its promotions and prices. */
async function writeChannel(path: string): Promise<void> {
  const start_ms = midnight(Date.UTC(2024, 0, 1));
  const options = { ...DEFAULTS, dealers: 120, skus: 40, days: PERIODS, start_ms };
  const { dealers, promotions } = makeWorld(options, readPrefectures());
  const random = new Random('bench/channel');
  const pairs = dealers.flatMap((dealer) => dealer.range.map((product) => ({ dealer, product })));
  // Fewer, and some would stand in the file twice.
  if (pairs.length < SERIES) throw new Error(`the channel has ${pairs.length} pairs of dealer and product`);
  const out = ['series_id,date,qty,promo,price,category,territory'];
  for (let at = 0; at < SERIES; at++) {
    const pair = pairs[Math.floor((at * pairs.length) / SERIES)];
    if (pair === undefined) throw new Error('the channel has no such pair of dealer and product');
    const { dealer, product } = pair;
    const base = baseDemand(dealer, product);
    for (let t = 0; t < PERIODS; t++) {
      const time_ms = start_ms + t * DAY_MS;
      const qty = drawDemand(base * seasonality(product, time_ms, promotions), random);
      const discount = runningPromotion(product, time_ms, promotions)?.discount_pct ?? 0;
      const price = (product.list_price / 1e4) * (1 - discount / 100);
      out.push(
        [
          `${dealer.dealer_id}/${product.sku_id}`,
          day(time_ms),
          qty,
          discount > 0 ? 1 : 0,
          price.toFixed(2),
          product.category,
          dealer.territory_id,
        ].join(','),
      );
    }
  }
  await writeFile(path, `${out.join('\n')}\n`);
}

/** Driven by promotions: one week in six at four times the demand, Poisson around a steady level. */
async function writePromotions(path: string): Promise<void> {
  const options = { series: SERIES, periods: PERIODS, seed: 6, level: 5, uplift: 4, promo_known: true };
  await writeFile(path, `series_id,date,qty,promo,category\n${syntheticRows(options).join('\n')}\n`);
}

/** Rows of a synthetic panel; also for the bench of scale, in parts of its series. */
export function syntheticRows(options: Parameters<typeof syntheticPanel>[0], first_series = 0): string[] {
  const panel = syntheticPanel(options);
  const promo = panel.covariates[0]?.values;
  const { codes } = panel.statics[0] ?? { codes: new Int32Array(options.series) };
  const dates = Array.from({ length: options.periods }, (_, t) => dateOf(panel.first_day + t));
  return Array.from(
    panel.demand,
    (qty, cell) =>
      `s${first_series + Math.floor(cell / options.periods)},${dates[cell % options.periods] ?? ''},${qty},${promo?.[cell] ?? 0},c${codes[Math.floor(cell / options.periods)] ?? 0}`,
  );
}
