import type { LiveRow, LiveTopic } from '../../../models/contract/live.ts';

/** Rows of every topic for looking at the wall without a stack; never part of the product. */
export type WallRows = { readonly [T in LiveTopic]: Record<string, LiveRow<T>> };

/** How the wall is to be seen. */
export const SCENARIOS = ['full', 'forecast', 'empty', 'stale', 'no_value'] as const;
export type Scenario = (typeof SCENARIOS)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function wallRows(scenario: Scenario, now_ms: number): WallRows {
  const at = (ago_ms: number): string => new Date(now_ms - ago_ms).toISOString();
  if (scenario === 'empty') {
    const none = { map: {}, alerts: {}, 'orders.stages': {}, 'dealers.ranking': {}, forecast: {} };
    return { ...none, kpis: {}, freshness: feeds(at, 'live') };
  }
  return {
    kpis: kpis(at, scenario),
    map: mapRows(),
    alerts: alerts(at),
    'orders.stages': stages(),
    'dealers.ranking': ranking(),
    forecast: scenario === 'forecast' ? forecast(now_ms) : {},
    freshness: feeds(at, scenario === 'stale' ? 'stale' : 'live'),
  };
}

type At = (ago_ms: number) => string;

/** A wave with a little noise: the same numbers in every run. */
function wave(length: number, level: number, swing: number, trend = 0): number[] {
  return Array.from({ length }, (_, i) => {
    const noise = Math.sin(i * 12.9898) * 43_758.5453;
    return level + swing * Math.sin(i / 2.7) + trend * i + swing * 0.5 * (noise - Math.floor(noise) - 0.5);
  });
}

function kpis(at: At, scenario: Scenario): WallRows['kpis'] {
  const row = (
    id: string,
    value: number,
    unit: string,
    direction: 'up' | 'down',
    delta: number,
    over: Partial<LiveRow<'kpis'>> = {},
  ): LiveRow<'kpis'> => ({
    id,
    value,
    unit,
    direction,
    delta,
    as_of: at(scenario === 'stale' && direction === 'up' ? 12 * HOUR_MS : 40_000),
    series: wave(24, value, value * 0.04, value * 0.002).map((point, i) => ({
      bucket_start: at((24 - i) * HOUR_MS),
      value: i === 6 ? null : point,
    })),
    ...over,
  });
  const rows = [
    row('orders_today_value', 18_420_000, 'CNY', 'up', 1_090_000),
    row('fill_rate', 0.968, 'ratio', 'up', 0.004, { target: 0.97 }),
    row('days_of_supply', 41.7, 'd', 'down', -1.2, { target: 45, as_of: at(30 * HOUR_MS) }),
    row('scan_coverage', 0.981, 'ratio', 'up', -0.007, {
      target: 0.98,
      restated: true,
      restatement: {
        bucket_start: at(36 * HOUR_MS),
        value: 0.981,
        value_before: 0.974,
        restated_at: at(2 * HOUR_MS),
      },
    }),
    row('open_diversion_cases', 23, 'cases', 'down', 5),
    row('stockout_dealers', 127, 'dealers', 'down', 0, { as_of: at(92 * HOUR_MS) }),
    row('inventory_turnover', 8.4, 'per_year', 'up', 0.2, { target: 8 }),
    row('order_cycle_p50', 61.3, 'h', 'down', -2.4, { target: 72 }),
  ];
  if (scenario === 'no_value') {
    for (const one of rows)
      Object.assign(one, { value: null, reason: 'no stock snapshot in 26 h', series: [] });
  }
  return Object.fromEntries(rows.map((one) => [one.id, one]));
}

const PROVINCES = [
  11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 61, 62,
  65,
];
const ARCS = [
  ['440100', '450100', 9, 'critical'],
  ['330200', '360100', 6, 'critical'],
  ['330100', '650100', 3, 'warning'],
  ['320500', '340100', 5, 'warning'],
  ['410100', '610100', 4, 'warning'],
  ['370100', '130100', 4, 'warning'],
  ['420100', '500000', 3, 'warning'],
  ['510100', '530100', 3, 'warning'],
  ['440300', '430100', 2, 'warning'],
  ['210100', '220100', 2, 'info'],
  ['440300', '440100', 2, 'warning'],
  ['350100', '360100', 2, 'warning'],
  ['110000', '150100', 1, 'info'],
  ['610100', '620100', 1, 'info'],
] as const;

function mapRows(): WallRows['map'] {
  const rows: WallRows['map'] = {};
  for (const [i, province] of PROVINCES.entries()) {
    const adcode = `${province}0000`;
    rows[`region:${adcode}`] = {
      kind: 'region',
      adcode,
      value: Math.round(400 + 9000 * Math.abs(Math.sin(i * 7.3)) ** 2),
    };
  }
  for (const [from_adcode, to_adcode, cases, severity] of ARCS) {
    rows[`arc:${from_adcode}:${to_adcode}`] = {
      kind: 'arc',
      from_adcode,
      to_adcode,
      cases,
      units: cases * 14,
      severity,
    };
  }
  return rows;
}

const DEALERS = [
  '宁波恒通百货有限公司',
  '湘西土家族苗族自治州锦程供应链有限公司',
  '武汉江城',
  '成都蓉信',
  '石家庄冀达',
  '西安秦源',
  '苏州锦程商贸',
  '郑州中原百货',
  '沈阳北方供应链管理',
  '昆明滇池',
  '福州海峡',
  '长沙湘江',
];

function alerts(at: At): WallRows['alerts'] {
  const kinds = ['out_of_territory', 'clone', 'impossible_travel', 'wrong_receiver'] as const;
  const rows = ARCS.map(([origin_adcode, found_adcode, cases, severity], i): LiveRow<'alerts'> => ({
    alert_id: `case-${i + 1}`,
    state: i === 3 ? 'acknowledged' : i === 9 ? 'dismissed' : 'open',
    severity,
    kinds:
      i === 1 ? ['out_of_territory', 'wrong_receiver', 'order_surge'] : [kinds[i % kinds.length] ?? 'clone'],
    confidence: 0.97 - i * 0.03,
    origin_dealer_id: `D-${10_432 + i * 37}`,
    origin_dealer_name: DEALERS[i % DEALERS.length] ?? '',
    origin_adcode,
    found_adcode,
    sku_id: `SKU-${i}`,
    units: cases * 14,
    value: '12000.00',
    currency: 'CNY',
    codes: [],
    first_event_time: at(i * 1_100_000),
    last_event_time: at(i * 1_100_000),
    raised_at: at(i * 1_100_000),
    updated_at: at(i * 1_000_000),
    ...(i === 3 ? { assignee: '李工' } : {}),
  }));
  return Object.fromEntries(rows.map((row) => [row.alert_id, row]));
}

function stages(): WallRows['orders.stages'] {
  const row = (
    stage: LiveRow<'orders.stages'>['stage'],
    open: number,
    p50_h: number,
    over: number,
    share: number,
  ) => ({
    stage,
    open_lines: open,
    entered_24h: Math.round(open * 1.7) + 212,
    age_p50_s: p50_h * 3600,
    age_p90_s: p50_h * 2.6 * 3600,
    sla_s: 24 * 3600,
    over_sla_share: over,
    dwell_share: share,
  });
  const rows = [
    row('placed', 1248, 0.6, 0, 0.03),
    row('confirmed', 901, 1.4, 0.04, 0.05),
    row('rework', 143, 9, 0.22, 0.06),
    row('finance_review', 3862, 38, 0.46, 0.58),
    row('approved', 730, 2.2, 0.02, 0.04),
    row('allocated', 1086, 5.2, 0.08, 0.09),
    row('shipped', 2893, 31, 0.12, 0.15),
    row('delivered', 0, 0, 0, 0),
    row('cancelled', 0, 0, 0, 0),
    row('returned', 0, 0, 0, 0),
  ];
  return Object.fromEntries(rows.map((one) => [one.stage, one]));
}

function ranking(): WallRows['dealers.ranking'] {
  const regions = [
    '浙江',
    '广东',
    '湖北',
    '四川',
    '河北',
    '陕西',
    '江苏',
    '河南',
    '辽宁',
    '云南',
    '福建',
    '湖南',
  ];
  return Object.fromEntries(
    DEALERS.map((name, i): [string, LiveRow<'dealers.ranking'>] => [
      `D-${i}`,
      {
        rank: i + 1,
        dealer_id: `D-${i}`,
        name,
        region: regions[i] ?? '',
        sales_value: 9_420_000 * 0.9 ** i,
        sales_index: 100 * 0.9 ** i,
        days_of_supply: i === 7 ? null : 32 + ((i * 13) % 31),
      },
    ]),
  );
}

function forecast(now_ms: number): WallRows['forecast'] {
  const today = Math.floor(now_ms / DAY_MS) * DAY_MS;
  const level = wave(42, 5200, 400, 18);
  return Object.fromEntries(
    level.map((value, i): [string, LiveRow<'forecast'>] => {
      const bucket_start = new Date(today + (i - 28) * DAY_MS).toISOString();
      const ahead = i - 27;
      const spread = ahead > 0 ? 180 * Math.sqrt(ahead) : 0;
      const fan =
        ahead >= 0
          ? { mean: value, p50: value, p10: value - spread, p90: value + spread }
          : { mean: null, p50: null, p10: null, p90: null };
      return [
        bucket_start,
        {
          bucket_start,
          actual: ahead <= 0 ? value : null,
          previous: ahead >= -6 ? value * 1.05 : null,
          ...fan,
        },
      ];
    }),
  );
}

function feeds(at: At, scan: 'live' | 'stale'): WallRows['freshness'] {
  const row = (
    source: string,
    type: string,
    age_s: number,
    sla_s: number,
    state: LiveRow<'freshness'>['state'],
    events: number,
  ): LiveRow<'freshness'> => ({
    source,
    type,
    last_event_time: state === 'missing' ? null : at(age_s * 1000),
    last_ingested_at: state === 'missing' ? null : at(age_s * 1000 - 300),
    events_24h: events,
    ingest_lag_p50_s: state === 'missing' ? null : 0.4 + (events % 7) / 10,
    ingest_lag_p99_s: state === 'missing' ? null : 2.1,
    sla_s,
    state,
    dead_letters: 0,
  });
  const rows = [
    row('erp-huadong', 'order', 2, 60, 'live', 184_212),
    row('erp-huanan', 'order', 74, 60, 'late', 91_877),
    row('wms-scanner', 'scan', scan === 'stale' ? 900 : 1, 60, scan, 1_842_003),
    row('stock-daily', 'stock', 9 * 3600, 26 * 3600, 'live', 48_120),
    row('finance', 'money', 31, 600, 'live', 22_410),
    row('portal', 'activity', 12, 900, 'live', 9_310),
    row('mdm', 'dealer', 80_000, 90_000, 'live', 12),
    row('mdm', 'price', 0, 90_000, 'missing', 0),
  ];
  return Object.fromEntries(rows.map((one) => [`${one.source}|${one.type}`, one]));
}
