import { Type, type Static } from 'typebox';
import { Alert, NamedAlert } from './alert.ts';
import { DEAD_LETTER_REASONS } from './dead-letters.ts';
import { ORDER_STAGES } from './events/order.ts';
import { Adcode, Id, Instant, Int, Text, Word } from './fields.ts';
import { Kpi, KpiPoint } from './metrics.ts';
import { Problem } from './problem.ts';

/** The live protocol `dms-live.v1`: rows of each topic, and the frames. */
export const LIVE_SUBPROTOCOL = 'dms-live.v1';

/** What late data did to a closed bucket of a KPI. */
export const Restatement = Type.Object({
  bucket_start: Instant('start of the bucket'),
  value: Type.Union([Type.Number(), Type.Null()]),
  value_before: Type.Union([Type.Number(), Type.Null()]),
  restated_at: Instant('when it was changed'),
});
export type Restatement = Static<typeof Restatement>;

/**
 * kpis, key = id: the KPI and its sparkline (hourly or daily buckets, oldest first); where it is restated, the newest bucket
 * that was.
 */
export const KpiRow = Type.Object({
  ...Kpi.properties,
  series: Type.Optional(Type.Array(KpiPoint)),
  restatement: Type.Optional(Restatement),
});

/** map: key `region:<adcode>` for the choropleth, `arc:<from>:<to>` for diversion flows. */
export const MapRegionRow = Type.Object({
  kind: Type.Literal('region'),
  adcode: Adcode('province'),
  value: Type.Number({ description: 'units scanned or sold there in the last 24 h' }),
});
export const MapArcRow = Type.Object({
  kind: Type.Literal('arc'),
  from_adcode: Adcode('where the goods were authorised'),
  to_adcode: Adcode('where they were found'),
  cases: Int('open cases'),
  units: Type.Number(),
  severity: Alert.properties.severity,
});
export const MapRow = Type.Union([MapRegionRow, MapArcRow]);

/** alerts, key = alert_id: open cases and those that changed in the last 24 h. */
export const AlertRow = NamedAlert;

/** orders.stages, key = stage. */
export const OrderStageRow = Type.Object({
  stage: Word(ORDER_STAGES, 'the stage'),
  open_lines: Int('order lines that stand in it now'),
  entered_24h: Int('order lines that entered it in the last 24 h'),
  age_p50_s: Type.Union([Type.Number(), Type.Null()], {
    description: 'dwell of those that left it lately and of those in it, seconds',
  }),
  age_p90_s: Type.Union([Type.Number(), Type.Null()]),
  sla_s: Type.Union([Type.Number(), Type.Null()]),
  over_sla_share: Type.Union([Type.Number(), Type.Null()], {
    description: 'open lines older than the SLA, 0-1',
  }),
  dwell_share: Type.Union([Type.Number(), Type.Null()], { description: 'share of all dwell, 0-1' }),
});

/** dealers.ranking, key = dealer_id. */
export const DealerRankingRow = Type.Object({
  rank: Int('place', 1),
  dealer_id: Id('the dealer'),
  name: Text('its name'),
  region: Text('province or territory name'),
  sales_value: Type.Number({ description: 'net sales of the last 28 days, reporting currency' }),
  sales_index: Type.Number({ description: 'sales relative to the first, 100 = first' }),
  days_of_supply: Type.Union([Type.Number(), Type.Null()]),
});

/** forecast, key = bucket_start: history and fan of total demand. */
export const ForecastRow = Type.Object({
  bucket_start: Instant('day'),
  actual: Type.Union([Type.Number(), Type.Null()]),
  mean: Type.Union([Type.Number(), Type.Null()]),
  p10: Type.Union([Type.Number(), Type.Null()]),
  p50: Type.Union([Type.Number(), Type.Null()]),
  p90: Type.Union([Type.Number(), Type.Null()]),
  previous: Type.Union([Type.Number(), Type.Null()]),
});

/**
 * freshness, key = `<source>|<type>`; one row `|dead_letters` counts what stands in the dead letters, and its
 * `last_ingested_at` and `reason` are those of the newest one.
 */
export const FreshnessRow = Type.Object({
  source: Type.String(),
  type: Type.String(),
  last_event_time: Type.Union([Instant('newest event'), Type.Null()]),
  last_ingested_at: Type.Union([Instant('newest arrival'), Type.Null()]),
  events_24h: Int('events that arrived in the last 24 h'),
  ingest_lag_p50_s: Type.Union([Type.Number(), Type.Null()], {
    description:
      'median of event to arrival over all that came in the last hour in which anything did; of a history that was loaded then, its age',
  }),
  ingest_lag_p99_s: Type.Union([Type.Number(), Type.Null()]),
  sla_s: Type.Number(),
  state: Word(['live', 'late', 'stale', 'missing'] as const, 'by its SLA'),
  dead_letters: Int('dead letters open'),
  reason: Type.Optional(Word(DEAD_LETTER_REASONS, 'of the newest dead letter')),
  broken: Type.Optional(Type.Array(Type.String(), { description: 'identities that do not hold' })),
});

/** The rows of each live topic. */
export const LIVE_ROWS = {
  kpis: KpiRow,
  map: MapRow,
  alerts: AlertRow,
  'orders.stages': OrderStageRow,
  'dealers.ranking': DealerRankingRow,
  forecast: ForecastRow,
  freshness: FreshnessRow,
} as const;
export const LIVE_TOPICS = [
  'kpis',
  'map',
  'alerts',
  'orders.stages',
  'dealers.ranking',
  'forecast',
  'freshness',
] as const satisfies readonly (keyof typeof LIVE_ROWS)[];
export type LiveTopic = (typeof LIVE_TOPICS)[number];
export type LiveRow<T extends LiveTopic> = Static<(typeof LIVE_ROWS)[T]>;

const Topic = Type.Enum(LIVE_TOPICS);
const Position = Type.Object({ topic: Topic, epoch: Type.String(), seq: Type.Integer({ minimum: 0 }) });

export const PatchOp = Type.Union([
  Type.Object({ op: Type.Literal('put'), key: Type.String(), row: Type.Unknown() }),
  Type.Object({ op: Type.Literal('del'), key: Type.String() }),
]);
export type PatchOp = Static<typeof PatchOp>;

/** Frames that a client sends. */
export const HelloFrame = Type.Object({
  t: Type.Literal('hello'),
  resume: Type.Optional(Type.Array(Position)),
});
export type HelloFrame = Static<typeof HelloFrame>;

export const ClientFrame = Type.Union([
  HelloFrame,
  Type.Object({ t: Type.Literal('sub'), topic: Topic, params: Type.Optional(Type.Unknown()) }),
  Type.Object({ t: Type.Literal('unsub'), topic: Topic }),
]);
export type ClientFrame = Static<typeof ClientFrame>;

/** `data` of a snapshot: key → row. */
export const SnapFrame = Type.Object({
  t: Type.Literal('snap'),
  topic: Topic,
  epoch: Type.String(),
  seq: Type.Integer({ minimum: 0 }),
  as_of: Type.Union([Instant('event time up to which it holds'), Type.Null()]),
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type SnapFrame = Static<typeof SnapFrame>;

/** Turns the state at `prev` into the state at `seq`. */
export const PatchFrame = Type.Object({
  t: Type.Literal('patch'),
  topic: Topic,
  epoch: Type.String(),
  seq: Type.Integer({ minimum: 1 }),
  prev: Type.Integer({ minimum: 0 }),
  as_of: Type.Union([Instant('event time up to which it holds'), Type.Null()]),
  ops: Type.Array(PatchOp),
});
export type PatchFrame = Static<typeof PatchFrame>;

/** Parts of the installation whose stand-still the heartbeat tells, in the direction of the data. */
export const PARTS = ['edge', 'kafka', 'sink', 'clickhouse', 'processors'] as const;
export type Part = (typeof PARTS)[number];

const LagSeconds = Type.Union([Type.Number(), Type.Null()]);

/** Frames that the server sends. */
export const ServerFrame = Type.Union([
  Type.Object({
    t: Type.Literal('welcome'),
    hb_ms: Type.Integer({ minimum: 1 }),
    build: Type.String(),
    server_time: Instant('clock of the server'),
  }),
  SnapFrame,
  PatchFrame,
  Type.Object({
    t: Type.Literal('hb'),
    server_time: Instant('clock of the server'),
    lag_s: Type.Object({ orders: LagSeconds, scans: LagSeconds, stock: LagSeconds }),
    stalled: Type.Optional(
      Type.Array(Word(PARTS, 'a part that does not answer'), {
        description: 'what stands still now, so that no figure moves; absent when all work',
      }),
    ),
  }),
  Type.Object({ t: Type.Literal('err'), topic: Type.Optional(Type.String()), problem: Problem }),
]);
export type ServerFrame = Static<typeof ServerFrame>;

/** Close codes of the live socket. */
export const LIVE_CLOSE = { unauthorized: 4401, forbidden: 4403, too_many: 4429, too_slow: 1013 } as const;
