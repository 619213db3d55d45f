import { expect, test } from 'vitest';
import { dayOf } from '../../../models/calendar/day.ts';
import { boostedTrees } from '../../../models/forecast/boosted-trees.ts';
import { HEAD_COUNT } from '../../../models/forecast/forecaster.ts';
import { demandOf, type Covariate, type Panel } from '../../../models/forecast/panel.ts';
import { dayKind } from './calendar.ts';
import { dailyPanel, dropAbsurd, weeklyPanel } from './demand-panel.ts';
import { keyOf, type DemandHistory, type SeriesFacts } from './history.ts';
import { ABSURD_TOLD } from '../../../models/forecast/absurd.ts';
import { sqlText } from '../../../sql/client.ts';

const WEEKS = 60;
const FIRST = dayOf('2025-01-06');
const LAST = FIRST + WEEKS * 7 - 1;
const WEEKS_AHEAD = 12;

const factsOf = (dealer: number): SeriesFacts => ({
  ...{ dealer_id: `D${dealer}`, sku_id: 'S', dealer_name: '', adcode: '', territory_id: 'T1', tier: 1 },
  ...{ sku_name: '', category: 'c', open_orders_qty: 0, on_hand_qty: null, in_transit_qty: null },
  ...{ committed_qty: null, peer_share: null },
});

/** Twenty dealers that order ten a day, and twice as much in every sixth week, which is promoted; so is the sixth week ahead. */
function historyOf(changes: Partial<DemandHistory> = {}): DemandHistory {
  const series = Array.from({ length: 20 }, (_, dealer) => factsOf(dealer));
  const isPromoted = (week: number): boolean => week % 6 === 5 && week !== WEEKS - 1;
  const days = Array.from({ length: WEEKS * 7 }, (_, at) => FIRST + at);
  const qtys = days.map((_, at) => (isPromoted(Math.floor(at / 7)) ? 20 : 10));
  const promoted = [...Array.from({ length: WEEKS }, (_, week) => week).filter(isPromoted), WEEKS + 5];
  return {
    ...{ first_day: FIRST, last_day: LAST, series, out_of_stock: new Map(), prices: [] },
    demand: new Map(series.map((facts) => [keyOf(facts), { days, qtys }])),
    promotions: promoted.map((week) => ({
      ...{ sku_ids: ['S'], territory_ids: [], discount_pct: 20 },
      ...{ first_day: FIRST + week * 7, last_day: FIRST + week * 7 + 6 },
    })),
    ...changes,
  };
}

const weeksOf = (history: DemandHistory): Panel => weeklyPanel(history, dailyPanel(history, 28), WEEKS_AHEAD);
const covariate = (panel: Panel, name: string): Covariate | undefined =>
  panel.covariates.find((one) => one.name === name);

test('a promotion in the sixth week ahead is in the forecast of that week', () => {
  const panel = weeksOf(historyOf());
  const origin = WEEKS - 1;
  const model = boostedTrees.fit(panel, { origin, h: WEEKS_AHEAD, seed: 1 });
  const { values } = boostedTrees.forecast(panel, model, { origin, h: WEEKS_AHEAD });
  const mean = (step: number): number => values[(step - 1) * HEAD_COUNT] ?? NaN;
  expect(mean(6) / mean(5)).toBeGreaterThan(1.5);
  expect(mean(6) / mean(7)).toBeGreaterThan(1.5);
});

test('a week has the mean of its days’ discounts, in steps, and the number of its holidays', () => {
  const promotions = [
    // Three days of a week, 20 × 3 ÷ 7 = 8.6 % off on average; the other is another territory's.
    { sku_ids: ['S'], territory_ids: ['T1'], first_day: FIRST + 7, last_day: FIRST + 9, discount_pct: 20 },
    { sku_ids: ['S'], territory_ids: ['T2'], first_day: FIRST, last_day: FIRST + 6, discount_pct: 20 },
  ];
  const panel = weeksOf(historyOf({ promotions }));
  expect(Array.from(covariate(panel, 'promo')?.values.subarray(0, 3) ?? [])).toEqual([0, 8, 0]);
  // Golden Week of 2025: 1 to 8 October, five days of it in the week from 29 September, and the Sunday before is worked.
  const week = (dayOf('2025-09-29') - FIRST) / 7;
  expect(covariate(panel, 'holidays')?.values[week]).toBe(5);
  expect(covariate(panel, 'worked_weekends')?.values[week - 1]).toBe(1);
});

test('a price that is known to change is in both panels, relative to the usual one; one that stays is in neither', () => {
  const rule = (rank: number, tier: number, price: number, first_day: number, last_day = LAST + 400) => ({
    ...{ sku_id: 'S', rank, tier, territory_id: '', price, first_day, last_day },
  });
  const stays = historyOf({ prices: [rule(0, 0, 9, FIRST), rule(2, 1, 8, FIRST)] });
  for (const panel of [dailyPanel(stays, 28), weeksOf(stays)])
    expect(covariate(panel, 'price')).toBeUndefined();

  // 10 % off from the third day ahead on, by the rule of the dealers' tier; that of another tier and the list price are not theirs.
  const from = LAST + 3;
  const prices = [
    rule(0, 0, 9, FIRST),
    ...[rule(2, 1, 8, FIRST, from - 1), rule(2, 1, 7.2, from), rule(2, 2, 1, FIRST)],
  ];
  const history = historyOf({ prices });
  const daily = covariate(dailyPanel(history, 28), 'price')?.values.subarray(WEEKS * 7, WEEKS * 7 + 4);
  expect(Array.from(daily ?? [], (ratio) => ratio.toFixed(3))).toEqual(['1.000', '1.000', '0.900', '0.900']);
  const weekly = covariate(weeksOf(history), 'price')?.values.subarray(WEEKS - 1, WEEKS + 2);
  expect(Array.from(weekly ?? [], (ratio) => ratio.toFixed(3))).toEqual([
    '1.000',
    ((2 + 5 * 0.9) / 7).toFixed(3),
    '0.900',
  ]);
});

test('a day beyond the bound of what is absurd is missing demand, of its week too, and is named', () => {
  const history = historyOf();
  const days = Array.from({ length: WEEKS * 7 }, (_, at) => FIRST + at);
  const slip = days.map((_, at) => (at === 9 ? 900_000 : 10));
  const large = days.map((_, at) => (at === 9 ? 9_000 : 10));
  const demand = new Map(history.demand)
    .set(keyOf(factsOf(3)), { days, qtys: slip })
    .set(keyOf(factsOf(4)), { days, qtys: large });
  const panel = dailyPanel({ ...history, demand }, 28);
  expect(dropAbsurd(panel)).toEqual([{ series: 3, day: FIRST + 9, qty: 900_000 }]);
  expect(panel.demand[3 * panel.periods + 9]).toBeNaN();
  expect(panel.demand[4 * panel.periods + 9]).toBe(9_000);
  const weeks = weeklyPanel(history, panel, WEEKS_AHEAD);
  expect(Array.from(demandOf(weeks, 3).subarray(0, 3))).toEqual([70, 70, 70]);
});

test('holidays that are not announced yet are those of the law', () => {
  const holidays = Array.from({ length: 365 }, (_, at) => dayOf('2027-01-01') + at).filter(
    (day) => dayKind(day) === 2,
  );
  expect(holidays.map((day) => new Date(day * 86_400_000).toISOString().slice(5, 10))).toEqual([
    ...['01-01', '02-05', '02-06', '02-07', '02-08', '04-05', '05-01', '05-02', '06-09', '09-15'],
    ...['10-01', '10-02', '10-03'],
  ]);
});

test('what is said in SQL of an absurd day is what is computed', () => {
  expect(sqlText('mart/forecasts.sql')).toContain(ABSURD_TOLD);
});
