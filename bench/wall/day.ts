import { METRICS } from '../../models/contract/metrics.ts';
import type { LiveRow, LiveTopic } from '../../models/contract/live.ts';
import type { ResultMessage } from '../../models/contract/results.ts';
import { rankingResult, stagesResult } from '../live/results.ts';

const HOUR_MS = 3_600_000;
/** Points of a tile's sparkline. */
const SERIES = 24;
/** Cases that stand open at once: each new one closes the oldest. */
const OPEN_CASES = 40;
const PROVINCES = ['11', '13', '31', '32', '33', '35', '37', '41', '42', '43', '44', '51', '61', '65'];

/** Seconds of a day. */
export const SECONDS = 86_400;

/**
 * What a board gets on one second of a day, counted from its start: a tile every second, the stages every two, map and
 * feeds every five, the ranking twice a minute, a new case every minute, the forecast every hour.
 */
export function resultsOfSecond(second: number, now: Date): ResultMessage[] {
  const results = [kpiResult(second, now)];
  if (second % 2 === 0) results.push(stagesResult(second, now));
  if (second % 5 === 0) results.push(mapResult(second, now), freshnessResult(second, now));
  if (second % 30 === 0) results.push(rankingResult(second, now));
  if (second % 60 === 0) results.push(alertResult(second / 60, now));
  if (second % 3600 === 0) results.push(forecastResult(second / 3600, now));
  return results;
}

type Put<T extends LiveTopic> = readonly (readonly [key: string, row: LiveRow<T>])[];

function result<T extends LiveTopic>(
  topic: T,
  now: Date,
  put: Put<T>,
  gone: readonly string[] = [],
): ResultMessage {
  return {
    topic,
    as_of: now.toISOString(),
    processor: 'bench',
    ops: [
      ...put.map(([key, row]) => ({ op: 'put' as const, key, row })),
      ...gone.map((key) => ({ op: 'del' as const, key })),
    ],
  };
}

function kpiResult(second: number, now: Date): ResultMessage {
  const metric = METRICS[second % METRICS.length];
  if (metric === undefined) throw new Error('there are no metrics');
  const value = 40 + 10 * Math.sin(second / 500);
  const series = Array.from({ length: SERIES }, (_, i) => ({
    bucket_start: new Date(now.getTime() - (SERIES - i) * HOUR_MS).toISOString(),
    value: value + Math.sin(second / 700 + i),
  }));
  return result('kpis', now, [
    [
      metric.id,
      {
        id: metric.id,
        value,
        unit: metric.unit === 'money' ? 'CNY' : metric.unit,
        direction: metric.direction,
        delta: Math.cos(second / 500),
        as_of: now.toISOString(),
        series,
      },
    ],
  ]);
}

function mapResult(second: number, now: Date): ResultMessage {
  const at = Math.floor(second / 5) % PROVINCES.length;
  const [from, to] = [PROVINCES[at] ?? '11', PROVINCES[(at * 5 + 3) % PROVINCES.length] ?? '44'];
  return result('map', now, [
    [`region:${from}0100`, { kind: 'region', adcode: `${from}0100`, value: 100 + (second % 977) }],
    [
      `arc:${from}0100:${to}0100`,
      {
        kind: 'arc',
        from_adcode: `${from}0100`,
        to_adcode: `${to}0100`,
        cases: 1 + (second % 7),
        units: second % 90,
        severity: second % 3 === 0 ? 'critical' : 'warning',
      },
    ],
  ]);
}

function freshnessResult(second: number, now: Date): ResultMessage {
  const type = ['order', 'scan', 'stock'][Math.floor(second / 5) % 3] ?? 'order';
  return result('freshness', now, [
    [
      `erp|${type}`,
      {
        source: 'erp',
        type,
        last_event_time: now.toISOString(),
        last_ingested_at: now.toISOString(),
        events_24h: second,
        ingest_lag_p50_s: 0.4,
        ingest_lag_p99_s: 1.1,
        sla_s: 60,
        state: 'live',
        dead_letters: 0,
      },
    ],
  ]);
}

function alertResult(minute: number, now: Date): ResultMessage {
  const id = (n: number): string => `dv-bench-${n}`;
  const to = PROVINCES[minute % PROVINCES.length] ?? '44';
  const row: LiveRow<'alerts'> = {
    alert_id: id(minute),
    state: 'open',
    severity: minute % 9 === 0 ? 'critical' : 'warning',
    kinds: ['out_of_territory'],
    confidence: 0.93,
    origin_dealer_id: `D${minute % 100}`,
    found_adcode: `${to}0100`,
    sku_id: 'S1',
    units: 12,
    value: '3400.00',
    currency: 'CNY',
    codes: [],
    first_event_time: now.toISOString(),
    last_event_time: now.toISOString(),
    raised_at: now.toISOString(),
    updated_at: now.toISOString(),
    origin_adcode: '330100',
  };
  return result('alerts', now, [[row.alert_id, row]], minute < OPEN_CASES ? [] : [id(minute - OPEN_CASES)]);
}

function forecastResult(hour: number, now: Date): ResultMessage {
  const days = Array.from({ length: 42 }, (_, i): readonly [string, LiveRow<'forecast'>] => {
    const bucket_start = new Date(now.getTime() + (i - 14) * 24 * HOUR_MS).toISOString().slice(0, 10);
    const mean = 900 + 80 * Math.sin(i / 3 + hour);
    const key = `${bucket_start}T00:00:00.000Z`;
    return [
      key,
      {
        bucket_start: key,
        actual: i < 14 ? mean + 20 : null,
        mean: i < 14 ? null : mean,
        p10: i < 14 ? null : mean * 0.8,
        p50: i < 14 ? null : mean * 0.98,
        p90: i < 14 ? null : mean * 1.25,
        previous: i < 14 ? null : mean * 1.03,
      },
    ];
  });
  return result('forecast', now, days);
}
