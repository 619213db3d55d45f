import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ORDER_STAGES } from '../../models/contract/events/order.ts';
import { freshnessState } from '../../models/channel/freshness.ts';
import type { EventTypeName } from '../../models/contract/registry.ts';
import { feedSla, readSettings } from '../../processors/settings/settings.ts';
import { orderKpis } from './marts-kpis.ts';
import {
  DAY,
  DEALERS,
  MEMBERS,
  at,
  groupBy,
  martsChannel,
  quantile,
  rounded,
  runChannel,
  sum,
} from './marts-channel.ts';
import { TIME_ZONE, type ProcessorsRun } from './processors-run.ts';

/** Figures of processes and waves (D20, D21, D23) against the same from the events, computed here. */
const now = new Date();
const NOW = now.getTime();
const channel = martsChannel(now);
const { orders } = channel;

let run: ProcessorsRun;
beforeAll(async () => {
  run = await runChannel(now, channel);
});
afterAll(() => run.drop());

const query = async (text: string): Promise<Record<string, unknown>[]> => rounded(await run.sql.query(text));
const ids = DEALERS.map(({ dealer_id }) => dealer_id);
const lines = [...groupBy(orders, (event) => `${event.order_id}/${event.line_no}`).values()].map((events) =>
  events.toSorted((a, b) => at(a) - at(b) || ORDER_STAGES.indexOf(a.stage) - ORDER_STAGES.indexOf(b.stage)),
);

test('D1: each feed has its own limit, as on the board', async () => {
  const settings = readSettings(TIME_ZONE, 'CNY');
  const rows = await run.sql.query<{
    event_type: EventTypeName;
    source: string;
    age_s: number;
    sla_s: number;
    state: string;
  }>('SELECT event_type, source, age_s, sla_s, state FROM mart_freshness');
  expect(rows.length).toBeGreaterThan(5);
  for (const { event_type, source, age_s, sla_s, state } of rows) {
    expect(sla_s).toBe(feedSla(settings, source, event_type));
    expect(state).toBe(freshnessState(age_s, sla_s));
  }
});

describe('D20', () => {
  const limits = JSON.parse(readFileSync('processors/settings/order-stage-sla.json', 'utf8')) as Record<
    string,
    number
  >;

  test('the limits are those of the settings', async () => {
    const rows = await run.sql.query<{ stage: string; limit_s: number }>(
      'SELECT stage, limit_s FROM mart_stage_limits',
    );
    expect(Object.fromEntries(rows.map(({ stage, limit_s }) => [stage, limit_s]))).toEqual(limits);
  });

  test('lines stand where they last went, some too long; the dwell of all stages is shared out', async () => {
    // Ages move on with the clock: the server's is read with the rows.
    const rows = await run.sql.query<{
      stage: string;
      open_lines: number;
      p50: number | null;
      over: number | null;
      dwell: number;
      share: number;
      loops: number;
      clock: string;
    }>(
      'SELECT stage, open_lines, open_age_p50_s AS p50, over_limit_share AS over, dwell_28d_s AS dwell, dwell_share AS share, loops_28d AS loops, now64(3) AS clock FROM mart_stage_dwell ORDER BY stage',
    );
    const clock = Date.parse(rows[0]?.clock ?? '');
    const visits = lines.flatMap((line) => {
      const starts = line.filter((event, i) => event.stage !== line[i - 1]?.stage);
      return starts.map((event, i) => {
        const next = starts[i + 1];
        const is_end = ['delivered', 'cancelled', 'returned'].includes(event.stage);
        const is_open = next === undefined && !is_end;
        const until = next === undefined ? clock : at(next);
        return {
          stage: event.stage,
          is_open,
          dwell: (until - at(event)) / 1000,
          // What is delivered or cancelled waits for nobody, also where it is returned later.
          counts: is_open || (next !== undefined && !is_end && until > clock - 28 * DAY),
          is_loop:
            at(event) > clock - 28 * DAY && starts.slice(0, i).some((one) => one.stage === event.stage),
        };
      });
    });
    const all = sum(visits.filter(({ counts }) => counts).map(({ dwell }) => dwell));
    expect(rows.map(({ stage }) => stage)).toEqual([...new Set(visits.map(({ stage }) => stage))].sort());
    for (const row of rows) {
      const own = visits.filter(({ stage }) => stage === row.stage);
      const open = own.filter(({ is_open }) => is_open).map(({ dwell }) => dwell);
      const dwell = sum(own.filter(({ counts }) => counts).map((visit) => visit.dwell));
      const limit = limits[row.stage];
      expect({ open: row.open_lines, loops: row.loops }).toEqual({
        open: open.length,
        loops: own.filter(({ is_loop }) => is_loop).length,
      });
      expect(row.share).toBeCloseTo(dwell / all, 4);
      if (open.length === 0) expect([row.p50, row.over]).toEqual([null, null]);
      else {
        expect((row.p50 ?? 0) / (quantile(open, 0.5) ?? 1)).toBeCloseTo(1, 3);
        expect(row.over).toBeCloseTo(open.filter((age) => age > (limit ?? Infinity)).length / open.length, 2);
      }
    }
    expect(sum(rows.map(({ loops }) => loops))).toBeGreaterThan(5);
    expect(sum(rows.map(({ share }) => share))).toBeCloseTo(1, 9);
  });
});

test('D21: every KPI of a wave is that of its dealers alone', async () => {
  const rows = await query('SELECT wave, id, dealers, value FROM mart_cohorts ORDER BY wave, id');
  expect(rows.length).toBe(2 * 8);
  const value = (wave: string, id: string): unknown =>
    rows.find((row) => row['wave'] === wave && row['id'] === id)?.['value'];
  for (const wave of ['W1', 'W2']) {
    const members = new Set<string>(ids.filter((id) => MEMBERS[id].wave === wave));
    const own = lines.filter((line) => members.has(line[0]?.dealer_id ?? ''));
    for (const [id, expected] of Object.entries(orderKpis(own, NOW))) {
      expect({ wave, id, value: value(wave, id) }).toEqual({
        wave,
        id,
        ...rounded([{ value: expected }])[0],
      });
    }
    const supply = await run.sql.query<{ value: number }>(
      `SELECT toFloat64(sum(available_qty)) / sum(daily_demand) AS value FROM mart_days_of_supply WHERE dealer_id IN ({members: Array(String)})`,
      { params: { members: [...members] } },
    );
    expect(value(wave, 'days_of_supply')).toBeCloseTo(supply[0]?.value ?? NaN, 4);
    const cases = await run.sql.query<{ n: number }>(
      `SELECT count() AS n FROM mart_diversion_cases WHERE state IN ('open', 'acknowledged', 'investigating') AND origin_dealer_id IN ({members: Array(String)})`,
      { params: { members: [...members] } },
    );
    expect(value(wave, 'open_diversion_cases')).toBe(cases[0]?.n);
  }
});

test('D23: an alert is as late as its case was raised after its first event; no webhook is said, not zero', async () => {
  const cases = await run.sql.query<{ first: string; raised: string }>(
    'SELECT first_event_time AS first, raised_at AS raised FROM mart_diversion_cases',
  );
  const delays = cases.map(({ first, raised }) => (Date.parse(raised) - Date.parse(first)) / 1000);
  expect(delays.length).toBeGreaterThan(0);
  expect(
    await query(
      'SELECT way, cases, delay_p50_s AS p50, delay_p99_s AS p99, reason FROM mart_alert_delivery ORDER BY way',
    ),
  ).toEqual(
    rounded([
      {
        way: 'wallboard',
        cases: delays.length,
        p50: quantile(delays, 0.5),
        p99: quantile(delays, 0.99),
        reason: '',
      },
      {
        way: 'webhook',
        cases: 0,
        p50: null,
        p99: null,
        reason: 'no webhook is configured: none was delivered',
      },
    ]).sort((a, b) => (String(a['way']) < String(b['way']) ? -1 : 1)),
  );
});
