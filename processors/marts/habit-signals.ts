import { groupBy } from '../../models/diversion/group-by.ts';
import { beginsOf, type HabitSignal, type OrderHabit, type Stretch } from '../../models/diversion/habit.ts';
import { judgeHabits, type HabitDealer, type Habits } from '../../models/diversion/judge-habits.ts';
import type { ShippedDay } from '../../models/diversion/rules/missing-scans.ts';
import type { RebatePeriod } from '../../models/diversion/rules/order-surge.ts';
import type { SqlParams } from '../../sql/client.ts';
import { defineProcessor, type Output, type RunContext } from '../processor.ts';
import { reloadDictionaries } from './reference-dictionaries.ts';

/** Days that habits are judged over: a quarter, and the month before it to compare with. */
const DAYS = 120;
/** A signal that began so early in them is not withdrawn for want of what lies before: it stays as it was judged. */
const LEAVING_DAYS = 28;

/** Days looked at: their local dates and midnights, one more than days, and up to when orders and scans have come. */
interface Clock {
  readonly days: readonly string[];
  readonly midnights: readonly string[];
  readonly watermark: string;
}
interface OrderRow {
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly days: readonly number[];
  readonly ordered: readonly number[];
  readonly value: readonly number[];
  readonly sold: readonly number[];
}
interface UnitsRow {
  readonly dealer_id: string;
  readonly sku_id: string;
  readonly days: readonly number[];
  readonly units: readonly number[];
}
interface DealerRow {
  readonly dealer_id: string;
  readonly lon: number | null;
  readonly lat: number | null;
  readonly adcode: string;
  readonly status: string;
  readonly territory_id: string;
  readonly changed_on: readonly number[];
}
/** Days on which a promotion of a product runs; in all territories where it names none. */
interface PromotedRow extends Stretch {
  readonly sku_id: string;
  readonly territory_id: string;
}
interface Terms {
  readonly sku_id: string;
  readonly unit_value: string | null;
  readonly currency: string;
}
/** A row of `mart_dealer_signals`. */
interface SignalRow extends Omit<HabitSignal, 'from' | 'to'> {
  readonly ref: string;
  readonly region: string;
  readonly first_event_time: string;
  readonly event_time: string;
  readonly unit_value: string | null;
  readonly currency: string;
}
interface Input extends Habits {
  readonly clock: Clock;
  readonly terms: readonly Terms[];
  readonly known: readonly SignalRow[];
}
interface Result extends Output {
  readonly fresh: readonly SignalRow[];
  readonly ended: readonly SignalRow[];
}

/**
 * Keeps the signals missing_scans, order_surge and paired_buyer of `mart_dealer_signals`: what a dealer's scans and orders say
 * over the last 120 days up to the newest event. All are judged anew each time, so late and corrected events restate them;
 * what began before those days stays as it was.
 */
export const habitSignals = defineProcessor<Input | null, Result>({
  id: 'habit-signals',
  trigger: {
    on: 'timer',
    every_ms: 600_000,
    after: ['order-lines', 'code-journeys'],
    min_interval_ms: 45_000,
  },
  query: readHabits,
  compute: (input) => {
    if (input === null) return { fresh: [], ended: [], is_stored: false };
    const { fresh, ended } = differenceOf(input);
    return { fresh, ended, is_stored: fresh.length + ended.length > 0 };
  },
  store: async ({ fresh, ended }, { sql, version }) => {
    await sql.insertRows('raw_mart_dealer_signals', [
      ...ended.map((row) => ({ ...row, version: 2 * version, is_deleted: 1 })),
      ...fresh.map((row) => ({ ...row, version: 2 * version + 1, is_deleted: 0 })),
    ]);
  },
});

/** Null before any order or scan has come. */
async function readHabits(context: RunContext): Promise<Input | null> {
  const { sql, settings, now } = context;
  const watermarks = await sql.queryFile<{ watermark: string }>('queries/processors/feed-watermarks.sql', {
    params: { types: ['order', 'scan'], now },
  });
  const newest = watermarks
    .map((row) => row.watermark)
    .sort()
    .at(-1);
  if (newest === undefined) return null;
  const watermark = new Date(newest);
  await reloadDictionaries(context, ['product', 'dealer']);
  const [clock] = await sql.queryFile<{ since: string; days: string[]; midnights: string[] }>(
    'queries/processors/habit-clock.sql',
    { params: { time_zone: settings.time_zone, watermark, days: DAYS } },
  );
  if (clock === undefined) throw new Error('habit-clock.sql gives one row');
  const read = async <Row>(file: string, params: SqlParams): Promise<Row[]> =>
    sql.queryFile<Row>(`queries/processors/habit-${file}.sql`, { params });
  const { since } = clock;
  const place = { time_zone: settings.time_zone, since };
  const orders = await read<OrderRow>('orders', { ...place, days: DAYS });
  const shelves = shelvesOf(
    await read<UnitsRow>('shipped', { since, days: DAYS }),
    await read<UnitsRow>('stock', { since, days: DAYS }),
  );
  const shipped = await read<ShippedDay>('scans', { ...place, watermark });
  const dealers = await read<DealerRow>('dealers', { ...place, watermark });
  const rebates = await read<RebatePeriod>('rebates', { since, days: DAYS });
  const promotedOf = promotionsOf(await read<PromotedRow>('promotions', { ...place, days: DAYS }), dealers);
  return {
    clock: { ...clock, watermark: newest },
    orders: orders.map((row) => habitOf(row, shelves, promotedOf(row))),
    shipped,
    dealers: dealers.map(dealerOf),
    rebates: rebates.length === 0 ? null : rebates,
    terms: await read<Terms>('terms', { at: watermark }),
    known: await read<SignalRow>('known', {}),
  };
}

/** What is known of the shelves of each dealer and product. */
type Shelves = ReadonlyMap<string, Pick<OrderHabit, 'shipped' | 'stock'>>;

function shelvesOf(shipped: readonly UnitsRow[], stock: readonly UnitsRow[]): Shelves {
  const key = ({ dealer_id, sku_id }: UnitsRow): string => `${dealer_id}|${sku_id}`;
  const shelves = new Map<string, Pick<OrderHabit, 'shipped' | 'stock'>>();
  const shelfOf = (row: UnitsRow): Pick<OrderHabit, 'shipped' | 'stock'> => {
    const shelf = shelves.get(key(row)) ?? emptyShelf();
    shelves.set(key(row), shelf);
    return shelf;
  };
  for (const row of shipped) shelfOf(row).shipped.set(spread(row.days, row.units));
  for (const row of stock) {
    const of_all = shelfOf(row).stock;
    let at = -1;
    // A day without a change has what the last one had; before the first snapshot nothing is known.
    for (let day = row.days[0] ?? DAYS; day < DAYS; day += 1) {
      if (row.days[at + 1] === day) at += 1;
      const before = of_all[day] ?? NaN;
      of_all[day] = (Number.isNaN(before) ? 0 : before) + (row.units[at] ?? 0);
    }
  }
  return shelves;
}

function emptyShelf(): Pick<OrderHabit, 'shipped' | 'stock'> {
  return { shipped: new Float64Array(DAYS), stock: new Float64Array(DAYS).fill(NaN) };
}

function spread(days: readonly number[], values: readonly number[]): Float64Array {
  const by_day = new Float64Array(DAYS);
  days.forEach((day, i) => (by_day[day] = values[i] ?? 0));
  return by_day;
}

/** Of a dealer and product, the stretches in which a promotion of it runs there. */
function promotionsOf(
  rows: readonly PromotedRow[],
  dealers: readonly DealerRow[],
): (series: Pick<OrderRow, 'dealer_id' | 'sku_id'>) => Stretch[] {
  const by_product = groupBy(rows, ({ sku_id }) => sku_id);
  const territories = new Map(dealers.map(({ dealer_id, territory_id }) => [dealer_id, territory_id]));
  return ({ dealer_id, sku_id }) =>
    (by_product.get(sku_id) ?? [])
      .filter(({ territory_id }) => territory_id === '' || territory_id === territories.get(dealer_id))
      .map(({ from, to }) => ({ from, to }));
}

function habitOf(
  { dealer_id, sku_id, days, ordered, value, sold }: OrderRow,
  shelves: Shelves,
  promoted: readonly Stretch[],
): OrderHabit {
  const by_day = spread(days, ordered);
  const shelf = shelves.get(`${dealer_id}|${sku_id}`) ?? emptyShelf();
  return {
    dealer_id,
    sku_id,
    ordered: by_day,
    value: spread(days, value),
    sold: spread(days, sold),
    ...shelf,
    promoted,
    begins: beginsOf({ ordered: by_day, stock: shelf.stock }),
  };
}

function dealerOf({ dealer_id, lon, lat, adcode, status, changed_on }: DealerRow): HabitDealer {
  const position = lon === null || lat === null ? null : ([lon, lat] as const);
  return { dealer_id, position, adcode, is_active: status === 'active', changed_on };
}

/** What holds now and was not known so, and what was known and holds no more. */
function differenceOf(input: Input): { fresh: SignalRow[]; ended: SignalRow[] } {
  const adcodes = new Map(input.dealers.map(({ dealer_id, adcode }) => [dealer_id, adcode]));
  const terms = new Map(input.terms.map((one) => [one.sku_id, one]));
  const rows = judgeHabits(input).map((signal) => rowOf(signal, input.clock, adcodes, terms));
  const known = new Map(input.known.map((row) => [keyOf(row), row]));
  const now = new Set(rows.map(keyOf));
  const leaving = input.clock.midnights[LEAVING_DAYS] ?? '';
  return {
    fresh: rows.filter((row) => !isSame(row, known.get(keyOf(row)))),
    ended: input.known.filter(
      (row) => !now.has(keyOf(row)) && Date.parse(row.first_event_time) >= Date.parse(leaving),
    ),
  };
}

function rowOf(
  { from, to, ...signal }: HabitSignal,
  { days, midnights, watermark }: Clock,
  adcodes: ReadonlyMap<string, string>,
  terms: ReadonlyMap<string, Terms>,
): SignalRow {
  const end = Date.parse(midnights[to] ?? '') - 1;
  const { unit_value = null, currency = '' } = terms.get(signal.sku_id) ?? {};
  return {
    ...signal,
    // What lies beyond an expectation is no whole number; goods are.
    units: Math.max(1, Math.round(signal.units)),
    ref: days[from] ?? '',
    region: adcodes.get(signal.found_dealer_id || signal.origin_dealer_id) ?? '',
    first_event_time: new Date(Date.parse(midnights[from] ?? '')).toISOString(),
    event_time: new Date(Math.min(end, Date.parse(watermark))).toISOString(),
    unit_value,
    currency,
  };
}

function keyOf({ kind, origin_dealer_id, sku_id, found_dealer_id, ref }: SignalRow): string {
  return [kind, origin_dealer_id, sku_id, found_dealer_id, ref].join('|');
}

/** Whether a stored signal says the same; its last event grows with the day, and is told with the next change. */
function isSame(row: SignalRow, known: SignalRow | undefined): boolean {
  return (
    known !== undefined &&
    Math.abs(row.log_odds - known.log_odds) < 1e-6 &&
    Math.abs(row.units - known.units) < 1e-6 &&
    row.event_time.slice(0, 10) === known.event_time.slice(0, 10) &&
    row.region === known.region
  );
}
