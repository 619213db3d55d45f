import type { ActivityEvent } from '../../models/contract/events/activity.ts';
import type { OrderEvent } from '../../models/contract/events/order.ts';
import type { StockEvent } from '../../models/contract/events/stock.ts';
import type { EventTypeName } from '../../models/contract/registry.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { Random } from '../../simulator/random.ts';
import { channelOf, DEALERS, SKUS, type Channel } from './processors-channel.ts';
import { ProcessorsRun } from './processors-run.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** The small channel with all that the other figures need: waves, parents, floors, freight, what dealers' people do. */
export interface MartsChannel extends Channel {
  readonly activity: readonly ActivityEvent[];
  readonly money: readonly object[];
}

/** Wave, parent, and days since its contract of each dealer. D1 buys from D3, and not from D2, to whom its goods go astray. */
export const MEMBERS = {
  D1: { wave: 'W1', parent_dealer_id: 'D3', contracted_days_ago: 40, licence_in_days: 12 },
  D2: { wave: 'W1', parent_dealer_id: '', contracted_days_ago: 70, licence_in_days: -3 },
  D3: { wave: 'W2', parent_dealer_id: '', contracted_days_ago: 10, licence_in_days: null },
} as const;
/** Floor of S1 for everybody, and of S2 in the territory of D1, since ever. S3 has none. */
export const FLOORS = { S1: '30.00', S2: '40.55' } as const;

export const at = (event: { readonly event_time: string }): number => Date.parse(event.event_time);
/** Days since 1970 in Shanghai, which is eight hours ahead all year. */
export const localDay = (ms: number): number => Math.floor((ms + 8 * HOUR) / DAY);
export const dayText = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
/** First local day of the month of an instant. */
export const monthOf = (ms: number): string => `${dayText(localDay(ms)).slice(0, 7)}-01`;
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** The quantile between the two nearest of the sorted values (type 7). */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low === undefined || high === undefined ? null : low + (high - low) * (place % 1);
}

/** Numbers and decimal texts of rows as numbers of nine digits, so that sums in another order are equal. */
export function rounded(rows: readonly object[]): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]: [string, unknown]) => [
        name,
        (typeof value === 'number' || typeof value === 'string') &&
        /^-?\d+(\.\d+)?(e-?\d+)?$/.test(String(value))
          ? Number(Number(value).toPrecision(9))
          : value,
      ]),
    ),
  );
}

interface Pair {
  readonly dealer_id: string;
  readonly sku_id: string;
}

export const qtyOf = (events: readonly OrderEvent[]): number => sum(events.map(({ qty }) => Number(qty)));
export const valueOf = (events: readonly OrderEvent[]): number =>
  sum(events.map(({ qty, unit_price }) => Number(qty) * Number(unit_price)));
/** Events of a stage with a local day in [from, to). */
export const staged = (
  events: readonly OrderEvent[],
  stage: OrderEvent['stage'],
  from = -Infinity,
  to = Infinity,
): OrderEvent[] =>
  events.filter((event) => event.stage === stage && localDay(at(event)) >= from && localDay(at(event)) < to);
export const ofPair = <T extends { readonly dealer_id: string; readonly sku_id: string }>(
  list: readonly T[],
  pair: { readonly dealer_id: string; readonly sku_id: string },
): T[] => list.filter((event) => event.dealer_id === pair.dealer_id && event.sku_id === pair.sku_id);

/** Last snapshot of each location with a local day in [from, to). */
export function lastSnapshots(stock: readonly StockEvent[], pair: Pair, from: number, to: number) {
  const inside = ofPair(stock, pair).filter(
    (event) => localDay(at(event)) >= from && localDay(at(event)) < to,
  );
  return [...groupBy(inside, ({ location_id }) => location_id).values()].flatMap((list) =>
    list.toSorted((a, b) => at(a) - at(b)).slice(-1),
  );
}

export function martsChannel(now: Date): MartsChannel {
  const channel = channelOf('marts', now);
  const iso = (ms: number): string => new Date(ms).toISOString();
  const random = new Random('marts-more');
  const orders = channel.orders.map((event): OrderEvent => {
    const n = Number(event.order_id.slice(1));
    const is_expedited = n % 7 === 0;
    return {
      ...event,
      channel: (['portal', 'mobile', 'rep'] as const)[n % 3] ?? 'portal',
      ...(event.stage === 'shipped' && {
        freight_cost: `${n % 13}.${is_expedited ? 75 : 25}`,
        expedited: is_expedited,
      }),
    };
  });
  const references = channel.references.flatMap(({ type, event }): Channel['references'][number][] => {
    if (type !== 'dealer') return [{ type, event }];
    const version = event as { dealer_id: keyof typeof MEMBERS; event_id: string };
    const { contracted_days_ago, licence_in_days, ...member } = MEMBERS[version.dealer_id];
    const licence_expires =
      licence_in_days === null ? null : dayText(localDay(now.getTime()) + licence_in_days);
    const since = iso(now.getTime() - contracted_days_ago * DAY);
    return [
      { type, event: { ...version, ...member, status: 'prospect' } },
      {
        type,
        event: {
          ...version,
          ...member,
          licence_expires,
          event_id: `${version.event_id}-c`,
          valid_from: since,
        },
      },
    ];
  });
  const long_ago = iso(now.getTime() - 400 * DAY);
  const price = { source: 'mdm', event_time: long_ago, valid_from: long_ago, currency: 'CNY', tier: 0 };
  const floors = [
    { ...price, event_id: 'f1', sku_id: 'S1', territory_id: '', floor_price: FLOORS.S1 },
    { ...price, event_id: 'f2', sku_id: 'S2', territory_id: 'T-33', floor_price: FLOORS.S2 },
  ].map((event) => ({ type: 'price' as const, event }));
  return {
    ...channel,
    orders,
    references: [...references, ...floors],
    activity: activityOf(random, now),
    money: orders
      .filter((event) => event.stage === 'shipped')
      .map((event, n) => ({
        event_id: `m${n}`,
        source: 'finance',
        event_time: event.event_time,
        dealer_id: event.dealer_id,
        doc_id: `m${n}`,
        kind: n % 3 === 0 ? 'payment' : 'invoice',
        amount: `${(n % 50) + 1}.07`,
        currency: 'CNY',
        order_id: event.order_id,
      })),
  };
}

function activityOf(random: Random, now: Date): ActivityEvent[] {
  const events: ActivityEvent[] = [];
  const add = (
    dealer_id: string,
    kind: ActivityEvent['kind'],
    days_ago: number,
    more: Partial<ActivityEvent> = {},
  ): void => {
    events.push({
      event_id: `a${events.length}`,
      source: 'portal',
      event_time: new Date(now.getTime() - days_ago * DAY).toISOString(),
      dealer_id,
      kind,
      user_ref: `${dealer_id}-u${events.length % 3}`,
      ...more,
    });
  };
  for (const { dealer_id } of DEALERS) {
    for (let n = 0; n < 12; n += 1) {
      if (dealer_id !== 'D3') add(dealer_id, 'login', random.between(0.1, 60));
      const asked = random.between(3, 60);
      add(dealer_id, 'return_requested', asked, { subject_id: `R${n}` });
      if (n % 3 > 0) add(dealer_id, 'return_closed', random.between(0.1, asked), { subject_id: `R${n}` });
      add(dealer_id, 'lead_created', asked, { subject_id: `L${n}` });
      if (n % 4 === 0) add(dealer_id, 'lead_won', random.between(0.1, asked), { subject_id: `L${n}` });
      if (dealer_id === 'D1')
        add(dealer_id, 'training_completed', random.between(0.1, 60), { subject_id: `C${n % 4}` });
    }
  }
  return events;
}

/** The marts that the views read. */
const MART_PROCESSORS = new Set(
  'conflicts feed-arrivals order-lines sales-days stock-days code-journeys diversion-signals diversion-cases'.split(
    ' ',
  ),
);

/** A database with the channel in it, a new one or an emptied one, and its marts made; `without` leaves feeds out. */
export async function runChannel(
  now: Date,
  channel: MartsChannel,
  without: readonly string[] = [],
  emptied: ProcessorsRun | null = null,
): Promise<ProcessorsRun> {
  const run = emptied ?? (await ProcessorsRun.create(now));
  await run.restart(PROCESSORS.filter(({ id }) => MART_PROCESSORS.has(id)));
  const feeds: (readonly [EventTypeName, readonly object[]])[] = [
    ...[...groupBy(channel.references, ({ type }) => type)].map(
      ([type, list]) => [type as EventTypeName, list.map(({ event }) => event)] as const,
    ),
    ['order', channel.orders],
    ['stock', channel.stock],
    ['scan', channel.scans],
    ['activity', channel.activity],
    ['money', channel.money],
  ];
  for (const [type, events] of feeds) if (!without.includes(type)) await run.deliver(type, events);
  await run.catchUp();
  return run;
}

/** Rows without one of their columns. */
export function withoutColumn(rows: readonly object[], column: string): object[] {
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)));
}

export { DEALERS, SKUS };
