import { Type, type Static } from 'typebox';
import type { EventTypeName } from './registry.ts';
import { Instant } from './fields.ts';

/** Units of figures: a ratio is 0 to 1; money is in the reporting currency, named by its ISO code. */
export type Unit = 'ratio' | 'd' | 'h' | 'per_year' | 'cases' | 'dealers' | 'money';

/** What a figure is, apart from its value. */
export interface Metric {
  readonly id: string;
  readonly unit: Unit;
  /** Which way is good. */
  readonly direction: 'up' | 'down';
  /** The value to reach, where one is set. */
  readonly target?: number;
  /** The feeds that it is computed from: with one missing it is null, with a reason. */
  readonly feeds: readonly EventTypeName[];
  /** Age of its data from which it counts as late, seconds; stale from three times it. */
  readonly sla_s: number;
  /** Row of the table of definitions (domain: D1-D23). */
  readonly definition: string;
}

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** Every KPI. A new one is its model, its query and one line here. */
export const METRICS = [
  {
    id: 'orders_today_value',
    unit: 'money',
    direction: 'up',
    feeds: ['order'],
    sla_s: HOUR_S,
    definition: 'D4',
  },
  {
    id: 'fill_rate',
    unit: 'ratio',
    direction: 'up',
    target: 0.97,
    feeds: ['order'],
    sla_s: HOUR_S,
    definition: 'D9',
  },
  {
    id: 'days_of_supply',
    unit: 'd',
    direction: 'down',
    target: 45,
    feeds: ['stock', 'order'],
    sla_s: 26 * HOUR_S,
    definition: 'D2',
  },
  {
    id: 'scan_coverage',
    unit: 'ratio',
    direction: 'up',
    target: 0.98,
    feeds: ['scan'],
    sla_s: HOUR_S,
    definition: 'D8',
  },
  {
    id: 'open_diversion_cases',
    unit: 'cases',
    direction: 'down',
    feeds: ['scan'],
    sla_s: HOUR_S,
    definition: 'D14',
  },
  {
    id: 'stockout_dealers',
    unit: 'dealers',
    direction: 'down',
    feeds: ['stock', 'order'],
    sla_s: 26 * HOUR_S,
    definition: 'D9',
  },
  {
    id: 'inventory_turnover',
    unit: 'per_year',
    direction: 'up',
    target: 8,
    feeds: ['stock', 'order'],
    sla_s: 26 * HOUR_S,
    definition: 'D2',
  },
  {
    id: 'order_cycle_p50',
    unit: 'h',
    direction: 'down',
    target: 72,
    feeds: ['order'],
    sla_s: DAY_S,
    definition: 'D4',
  },
] as const satisfies readonly Metric[];
export type MetricId = (typeof METRICS)[number]['id'];

/** A figure's unit, with `money` replaced by the ISO code of its currency. */
export function unitOf({ unit }: Pick<Metric, 'unit'>, currency: string): string {
  return unit === 'money' ? currency : unit;
}

/** A figure at a time. `unit` is the metric's, with `money` replaced by the ISO code of the currency. */
export const Kpi = Type.Object(
  {
    id: Type.String(),
    value: Type.Union([Type.Number(), Type.Null()]),
    reason: Type.Optional(Type.String({ description: 'why it is null, or what it leaves out' })),
    unit: Type.String(),
    as_of: Instant('event time up to which the data is in'),
    target: Type.Optional(Type.Number()),
    direction: Type.Enum(['up', 'down'] as const),
    delta: Type.Optional(
      Type.Number({ description: 'value minus the value at the same time yesterday, in its unit' }),
    ),
    restated: Type.Optional(
      Type.Boolean({ description: 'late data changed a closed day within the last 24 h' }),
    ),
  },
  { additionalProperties: false },
);
export type Kpi = Static<typeof Kpi>;

/** A figure at a time, out of what was known at another; `restated` = what is known now says otherwise. */
export const KnownKpi = Type.Object(
  {
    ...Kpi.properties,
    value_now: Type.Union([Type.Number(), Type.Null()], {
      description: 'the figure at that time, as it is known now',
    }),
  },
  { additionalProperties: false },
);
export type KnownKpi = Static<typeof KnownKpi>;

/** One point of a KPI's series. */
export const KpiPoint = Type.Object(
  { bucket_start: Instant('start of the bucket'), value: Type.Union([Type.Number(), Type.Null()]) },
  { additionalProperties: false },
);
export type KpiPoint = Static<typeof KpiPoint>;
