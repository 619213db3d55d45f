import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DAY,
  DEALERS,
  MEMBERS,
  at,
  groupBy,
  localDay,
  martsChannel,
  monthOf,
  quantile,
  rounded,
  runChannel,
  sum,
  withoutColumn,
} from './marts-channel.ts';
import type { ProcessorsRun } from './processors-run.ts';

/** Figures of dealers (D8, D12, D15, D19, D22) against the same from the events, computed here. */
const now = new Date();
const NOW = now.getTime();
const TODAY = localDay(NOW);
const channel = martsChannel(now);
const { orders, stock, scans, activity } = channel;

let run: ProcessorsRun;
beforeAll(async () => {
  run = await runChannel(now, channel);
});
afterAll(() => run.drop());

const query = async (text: string): Promise<Record<string, unknown>[]> => rounded(await run.sql.query(text));
const ids = DEALERS.map(({ dealer_id }) => dealer_id);
const recent = (event: { readonly event_time: string }): boolean =>
  at(event) > NOW - 28 * DAY && at(event) <= NOW;
/** Pairs of the first two acts of each subject. */
function cycles(from: string, to: string) {
  return [...groupBy(activity, (event) => `${event.dealer_id} ${event.subject_id ?? ''}`).values()].flatMap(
    (acts) => {
      const times = (kind: string): number[] => acts.filter((act) => act.kind === kind).map(at);
      const begun = Math.min(...times(from));
      const ended = Math.min(...times(to));
      return Number.isFinite(begun)
        ? [
            {
              month: monthOf(begun),
              days: ended >= begun && Number.isFinite(ended) ? (ended - begun) / DAY : null,
            },
          ]
        : [];
    },
  );
}

test('D12: returns take from asking to closing; trainings count each person and course once a month', async () => {
  const wanted = [...groupBy(cycles('return_requested', 'return_closed'), ({ month }) => month)]
    .map(([month, list]) => {
      const closed = list.flatMap(({ days }) => (days === null ? [] : [days]));
      return {
        month,
        requested: list.length,
        closed: closed.length,
        p50: quantile(closed, 0.5),
        p90: quantile(closed, 0.9),
      };
    })
    .sort((a, b) => (a.month < b.month ? -1 : 1));
  expect(
    await query(
      'SELECT toString(month) AS month, requested, closed, cycle_p50_d AS p50, cycle_p90_d AS p90 FROM mart_return_cycles ORDER BY month',
    ),
  ).toEqual(rounded(wanted));
  const trained = activity.filter(({ kind }) => kind === 'training_completed');
  expect(
    await query('SELECT toString(month) AS month, dealer_id, completed FROM mart_trainings ORDER BY month'),
  ).toEqual(
    [...groupBy(trained, (event) => monthOf(at(event)))]
      .map(([month, list]) => ({
        month,
        dealer_id: 'D1',
        completed: new Set(list.map(({ user_ref, subject_id }) => `${user_ref ?? ''} ${subject_id ?? ''}`))
          .size,
      }))
      .sort((a, b) => (a.month < b.month ? -1 : 1)),
  );
});

describe('D8', () => {
  test('leads are won by the cohort that they were created in', async () => {
    const wanted = [...groupBy(cycles('lead_created', 'lead_won'), ({ month }) => month)]
      .map(([cohort, list]) => {
        const won = list.flatMap(({ days }) => (days === null ? [] : [days]));
        return { cohort, leads: list.length, conversion: won.length / list.length, p50: quantile(won, 0.5) };
      })
      .sort((a, b) => (a.cohort < b.cohort ? -1 : 1));
    expect(
      await query(
        'SELECT toString(cohort) AS cohort, leads, conversion, to_win_p50_d AS p50 FROM mart_lead_conversion ORDER BY cohort',
      ),
    ).toEqual(rounded(wanted));
  });

  test('a licence that expired yesterday has -1 day left, an unknown one says why', async () => {
    expect(
      await query('SELECT dealer_id, days_left, state, reason FROM mart_licences ORDER BY dealer_id'),
    ).toEqual([
      { dealer_id: 'D1', days_left: 12, state: 'within 30 days', reason: '' },
      { dealer_id: 'D2', days_left: -3, state: 'expired', reason: '' },
      { dealer_id: 'D3', days_left: null, state: 'unknown', reason: "the dealer's version tells no licence" },
    ]);
  });

  test('each part is the figure that it says, ranked among the dealers', async () => {
    const net = (dealer_id: string, from: number, to: number): number =>
      sum(
        orders
          .filter(
            (event) =>
              event.dealer_id === dealer_id && localDay(at(event)) >= from && localDay(at(event)) < to,
          )
          .map((event) => {
            const sign =
              event.stage === 'placed'
                ? 1
                : event.stage === 'cancelled' || event.stage === 'returned'
                  ? -1
                  : 0;
            return sign * Number(event.qty) * Number(event.unit_price);
          }),
      );
    const growth = ids.map((id) => net(id, TODAY - 28, TODAY) / net(id, TODAY - 56, TODAY - 28) - 1);
    const quality = ids.map((id) => {
      const days = stock.filter((event) => event.dealer_id === id).map((event) => localDay(at(event)));
      return new Set(days.filter((day) => day >= TODAY - 28 && day < TODAY)).size / 28;
    });
    const rank = (list: readonly number[], value: number): number =>
      (list.filter((one) => one < value).length + list.filter((one) => one === value).length / 2) /
      list.length;
    for (const [part, list] of [
      ['growth', growth],
      ['data_quality', quality],
    ] as const) {
      expect(
        await query(
          `SELECT dealer_id, value, percentile FROM mart_dealer_score_parts WHERE part = '${part}' ORDER BY dealer_id`,
        ),
      ).toEqual(
        rounded(
          ids.map((dealer_id, i) => ({
            dealer_id,
            value: list[i] ?? NaN,
            percentile: rank(list, list[i] ?? NaN),
          })),
        ),
      );
    }
  });

  test('the score is the weighted mean of the known percentiles, and names the parts that it leaves out', async () => {
    const parts = await run.sql.query<{
      dealer_id: string;
      part: string;
      percentile: number | null;
      weight: number;
    }>('SELECT dealer_id, part, percentile, weight FROM mart_dealer_score_parts ORDER BY dealer_id, part');
    expect(parts.length).toBe(3 * 7);
    const wanted = [...groupBy(parts, ({ dealer_id }) => dealer_id)].map(([dealer_id, list]) => {
      const known = list.filter(({ percentile }) => percentile !== null);
      const whole = sum(known.map(({ weight }) => weight));
      const missing = list.filter(({ percentile }) => percentile === null).map(({ part }) => part);
      return {
        dealer_id,
        score: (100 * sum(known.map(({ weight, percentile }) => weight * (percentile ?? 0)))) / whole,
        known_weight: whole / sum(list.map(({ weight }) => weight)),
        reason: missing.length === 0 ? '' : `without ${missing.join(', ')}`,
      };
    });
    expect(
      await query('SELECT dealer_id, score, known_weight, reason FROM mart_dealer_score ORDER BY dealer_id'),
    ).toEqual(rounded(wanted));
  });
});

describe('D15', () => {
  test('dealers come on board from contract to login, order and scan', async () => {
    const wanted = ids.map((dealer_id) => {
      const since = NOW - MEMBERS[dealer_id].contracted_days_ago * DAY;
      const first = (
        list: readonly { readonly event_time: string; readonly dealer_id: string }[],
      ): number | null => {
        const times = list.filter((event) => event.dealer_id === dealer_id && at(event) >= since).map(at);
        return times.length === 0 ? null : Math.min(...times);
      };
      const login = first(activity.filter(({ kind }) => kind === 'login'));
      const order = first(orders.filter(({ stage }) => stage === 'placed'));
      const scan = first(scans);
      const days = (from: number | null, to: number | null): number | null =>
        from === null || to === null ? null : (to - from) / DAY;
      return {
        dealer_id,
        to_login: days(since, login),
        to_order: days(login, order),
        to_scan: days(order, scan),
        step: login === null ? 'contract' : order === null ? 'login' : scan === null ? 'order' : 'scan',
        order_d: days(since, order),
      };
    });
    expect(
      await query(
        'SELECT dealer_id, to_login_d AS to_login, to_order_d AS to_order, to_scan_d AS to_scan, step FROM mart_onboarding ORDER BY dealer_id',
      ),
    ).toEqual(rounded(withoutColumn(wanted, 'order_d')));
    const of_wave = wanted.filter(({ dealer_id }) => MEMBERS[dealer_id].wave === 'W1');
    expect(
      await query(
        "SELECT day_n, dealers, active, active_share FROM mart_onboarding_active WHERE wave = 'W1' ORDER BY day_n",
      ),
    ).toEqual(
      rounded(
        [7, 14, 30, 60, 90].map((day_n) => {
          const old = of_wave.filter(({ dealer_id }) => MEMBERS[dealer_id].contracted_days_ago >= day_n);
          const active = old.filter(({ order_d }) => order_d !== null && order_d <= day_n).length;
          return {
            day_n,
            dealers: old.length,
            active,
            active_share: old.length === 0 ? null : active / old.length,
          };
        }),
      ),
    );
  });
});

describe('D19, D22', () => {
  const actions = ids.map((dealer_id) => {
    const own = <T extends { readonly dealer_id: string; readonly event_time: string }>(
      list: readonly T[],
    ): T[] => list.filter((event) => event.dealer_id === dealer_id && recent(event));
    return (
      new Set(own(orders.filter(({ stage }) => stage === 'placed')).map(({ order_id }) => order_id)).size +
      own(scans).length +
      new Set(own(stock).map((event) => localDay(at(event)))).size +
      own(activity).length
    );
  });

  test('adoption counts the dealers with k actions in 28 days among the contracted', async () => {
    expect(await query('SELECT k, contracted, active, adoption FROM mart_adoption ORDER BY k')).toEqual(
      rounded(
        [1, 5, 10, 20, 50].map((k) => {
          const active = actions.filter((n) => n >= k).length;
          return { k, contracted: 3, active, adoption: active / 3 };
        }),
      ),
    );
  });

  test('by prefecture, with training', async () => {
    expect(
      await query(
        'SELECT adcode, name, contracted, active, training_exposure, active_rate_trained AS trained, active_rate_untrained AS untrained FROM mart_adoption_by_place ORDER BY adcode',
      ),
    ).toEqual(
      rounded(
        DEALERS.map(({ dealer_id, adcode }, i) => {
          const active = (actions[i] ?? 0) >= 5 ? 1 : 0;
          const is_trained = dealer_id === 'D1';
          const name = { D1: '杭州市', D2: '广州市', D3: '成都市' }[dealer_id];
          return {
            adcode,
            name,
            contracted: 1,
            active,
            training_exposure: is_trained ? 1 : 0,
            trained: is_trained ? active : null,
            untrained: is_trained ? null : active,
          };
        }),
      ),
    );
  });
});

test('D1: a dealer is silent when it did nothing for long, whatever HQ did for it; one silent for months is still told', async () => {
  const days = (from: number, to: number): number[] =>
    Array.from({ length: from - to + 1 }, (_, i) => from - i);
  const noon = (days_ago: number): string => new Date((TODAY - days_ago) * DAY + 4 * 3_600_000).toISOString();
  const line = (dealer_id: string, stage: string) => (days_ago: number) => ({
    ...orders[0],
    ...{
      event_id: `silent-${dealer_id}-${stage}-${days_ago}`,
      order_id: `silent-${dealer_id}-${days_ago}`,
      dealer_id,
      stage,
    },
    event_time: noon(days_ago),
  });
  await run.deliver('order', [
    ...days(40, 30).map(line('Q2', 'placed')),
    ...days(29, 1).map(line('Q2', 'approved')),
    ...days(20, 2).map(line('Q2', 'shipped')),
    ...days(150, 140).map(line('Q3', 'placed')),
  ]);
  await run.deliver(
    'scan',
    days(20, 1).map((days_ago) => ({
      ...scans[0],
      ...{
        event_id: `silent-${days_ago}`,
        event_time: noon(days_ago),
        dealer_id: 'Q1',
        biz_step: 'stock_taking',
      },
    })),
  );
  await run.catchUp();
  const telling = (dealer_id: string, silent_days: number, active_days: number, is_silent: boolean) => ({
    ...{ dealer_id, silent_days, active_days, usual_gap_days: 1, is_silent },
  });
  expect(
    await query(
      `SELECT dealer_id, silent_days, active_days, usual_gap_days, is_silent FROM mart_silent_dealers
       WHERE startsWith(dealer_id, 'Q') OR dealer_id IN ('', 'HQ') ORDER BY dealer_id`,
    ),
  ).toEqual([telling('Q1', 1, 20, false), telling('Q2', 30, 11, true), telling('Q3', 140, 11, true)]);
});
