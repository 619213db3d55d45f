import { groupBy } from '../../models/diversion/group-by.ts';
import { beginsOf, type HabitSignal, type OrderHabit, type Stretch } from '../../models/diversion/habit.ts';
import { caseRegion } from '../../models/diversion/regions.ts';
import type { HabitDealer, Habits } from '../../models/diversion/judge-habits.ts';
import type { ShippedDay } from '../../models/diversion/rules/missing-scans.ts';
import type { SentGoods } from '../../models/diversion/rules/counted-pairs.ts';
import type { RebatePeriod } from '../../models/diversion/rules/order-surge.ts';
import type { SqlClient, SqlParams } from '../../sql/client.ts';

/** Days that habits are judged over: a quarter, and the month before it to compare with. */
const DAYS = 120;

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
  readonly retail: readonly number[];
}
interface StockRow extends UnitsRow {
  readonly counted: readonly number[];
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
  readonly parent_dealer_id: string;
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
export interface DealerSignalRow extends Omit<HabitSignal, 'from' | 'to'> {
  readonly ref: string;
  readonly region: string;
  readonly first_event_time: string;
  readonly event_time: string;
  readonly unit_value: string | null;
  readonly currency: string;
}
/** Habits as they were read, with what a signal is told with. */
export interface DealerHabits extends Habits {
  readonly clock: Clock;
  readonly terms: readonly Terms[];
}

/**
 * What dealers ordered, had, sold and scanned over the 120 local days up to the one of `watermark`, by all that is known now.
 * @param watermark event time up to which orders and scans have come
 */
export async function readDealerHabits(
  sql: SqlClient,
  time_zone: string,
  watermark: Date,
): Promise<DealerHabits> {
  const [clock] = await sql.queryFile<{ since: string; days: string[]; midnights: string[] }>(
    'queries/processors/habit-clock.sql',
    { params: { time_zone, watermark, days: DAYS } },
  );
  if (clock === undefined) throw new Error('habit-clock.sql gives one row');
  const read = async <Row>(file: string, params: SqlParams): Promise<Row[]> =>
    sql.queryFile<Row>(`queries/processors/habit-${file}.sql`, { params });
  const { since } = clock;
  const place = { time_zone, since };
  const orders = await read<OrderRow>('orders', { ...place, days: DAYS });
  const shelves = shelvesOf(
    await read<UnitsRow>('shipped', { since, days: DAYS }),
    await read<StockRow>('stock', { ...place, days: DAYS }),
  );
  const shipped = await read<ShippedDay>('scans', { ...place, watermark });
  const dealers = await read<DealerRow>('dealers', { ...place, watermark });
  const rebates = await read<RebatePeriod>('rebates', { since, days: DAYS });
  const promotedOf = promotionsOf(await read<PromotedRow>('promotions', { ...place, days: DAYS }), dealers);
  return {
    clock: { ...clock, watermark: watermark.toISOString() },
    orders: orders.map((row) => habitOf(row, shelves, promotedOf(row))),
    shipped,
    dealers: dealers.map(dealerOf),
    rebates: rebates.length === 0 ? null : rebates,
    sent: await read<SentGoods>('sent', place),
    terms: await read<Terms>('terms', { at: watermark }),
  };
}

/** What is told of signals: rows of `mart_dealer_signals`. */
export function dealerSignalRows(
  signals: readonly HabitSignal[],
  { clock, dealers, terms }: Pick<DealerHabits, 'clock' | 'dealers' | 'terms'>,
): DealerSignalRow[] {
  const adcodes = new Map(dealers.map(({ dealer_id, adcode }) => [dealer_id, adcode]));
  const terms_of = new Map(terms.map((one) => [one.sku_id, one]));
  return signals.map((signal) => rowOf(signal, clock, adcodes, terms_of));
}

/** What is known of the shelves of each dealer and product. */
type Shelf = Pick<OrderHabit, 'shipped' | 'stock' | 'counted'>;
type Shelves = ReadonlyMap<string, Shelf>;

function shelvesOf(shipped: readonly UnitsRow[], stock: readonly StockRow[]): Shelves {
  const key = ({ dealer_id, sku_id }: UnitsRow): string => `${dealer_id}|${sku_id}`;
  const shelves = new Map<string, Shelf>();
  const shelfOf = (row: UnitsRow): Shelf => {
    const shelf = shelves.get(key(row)) ?? emptyShelf();
    shelves.set(key(row), shelf);
    return shelf;
  };
  for (const row of shipped) shelfOf(row).shipped.set(spread(row.days, row.units));
  for (const row of stock) {
    const { stock: of_all, counted } = shelfOf(row);
    for (const day of row.counted) counted[day] = 1;
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

function emptyShelf(): Shelf {
  return {
    shipped: new Float64Array(DAYS),
    stock: new Float64Array(DAYS).fill(NaN),
    counted: new Uint8Array(DAYS),
  };
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
  { dealer_id, sku_id, days, ordered, value, sold, retail }: OrderRow,
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
    retail: spread(days, retail),
    ...shelf,
    promoted,
    begins: beginsOf({ ordered: by_day, stock: shelf.stock }),
  };
}

function dealerOf({
  dealer_id,
  lon,
  lat,
  adcode,
  parent_dealer_id,
  status,
  changed_on,
}: DealerRow): HabitDealer {
  const position = lon === null || lat === null ? null : ([lon, lat] as const);
  const is_active = status === 'active';
  return { dealer_id, position, adcode, parent_dealer_id, is_active, changed_on };
}

function rowOf(
  { from, to, ...signal }: HabitSignal,
  { days, midnights, watermark }: Clock,
  adcodes: ReadonlyMap<string, string>,
  terms: ReadonlyMap<string, Terms>,
): DealerSignalRow {
  const end = Date.parse(midnights[to] ?? '') - 1;
  const { unit_value = null, currency = '' } = terms.get(signal.sku_id) ?? {};
  return {
    ...signal,
    // What lies beyond an expectation is no whole number; goods are.
    units: Math.max(1, Math.round(signal.units)),
    ref: days[from] ?? '',
    region: caseRegion(adcodes.get(signal.found_dealer_id || signal.origin_dealer_id) ?? ''),
    first_event_time: new Date(Date.parse(midnights[from] ?? '')).toISOString(),
    event_time: new Date(Math.min(end, Date.parse(watermark))).toISOString(),
    unit_value,
    currency,
  };
}
