import { expect, it } from 'vitest';
import { readPrefectures } from '../../sql/geo/load.ts';
import { habitPolicy } from './order-policies.ts';
import { emptyStates, figuresOf, play, type ShelfView } from './play.ts';
import { drawChannel, type ShopChannel } from './shop-channel.ts';

const DAYS = 5;
const drawn = drawChannel(readPrefectures(undefined), {
  ...{ seed: 'test.1', dealers: 20, days: 60, start_ms: Date.parse('2025-01-01T00:00:00+08:00') },
});

/** One shelf of cases of 4, ¥2 a unit: three units a day are wanted, orders take two days. */
function oneShelf(): ShopChannel {
  const [shelf] = drawn.shelves;
  if (shelf === undefined) throw new Error('the channel has no shop');
  const product = { ...shelf.product, pack_qty: 4, unit_cost: 20_000 as typeof shelf.product.unit_cost };
  const wanted = Int32Array.of(3, 3, 3, 3, 0);
  return {
    ...drawn,
    days: DAYS,
    shelves: [{ ...shelf, product, wanted, lead_days: new Int32Array(DAYS).fill(2) }],
  };
}

it('receives, sells what is there and orders, with nothing known of what comes', async () => {
  const channel = oneShelf();
  const states = emptyStates(channel, () => 5);
  const seen: [sold: number[], on_hand: number, on_order: number][] = [];
  const casesFor = ({ sold, on_hand, on_order }: ShelfView, day: number): number => {
    seen.push([[...sold], on_hand, on_order]);
    return day === 0 ? 1 : 0;
  };
  await play(channel, states, { casesFor }, 0, DAYS);
  // 5 − 3; 2 − 2, one lost; the case of 4 comes on day 2: 4 − 3; 1 − 1, two lost; nothing wanted.
  expect(seen).toEqual([
    [[3], 2, 0],
    [[3, 2], 0, 4],
    [[3, 2, 3], 1, 0],
    [[3, 2, 3, 1], 0, 0],
    [[3, 2, 3, 1, 0], 0, 0],
  ]);
  const figures = figuresOf(channel, states, 0, DAYS);
  expect(figures.stockout_ratio).toBeCloseTo(3 / 5);
  expect(figures.fill_rate).toBeCloseTo(9 / 12);
  // (2 + 0 + 1 + 0 + 0) units · ¥2 over five days, beside 9 units · ¥2 sold in them.
  expect(figures.stock_value).toBeCloseTo(6 / 5);
  expect(figures.turnover_days).toBeCloseTo(3 / 9);
});

it('lets every policy meet the same demand and lead times, drawn from the seed alone', () => {
  const again = drawChannel(readPrefectures(undefined), {
    ...{ seed: 'test.1', dealers: 20, days: 60, start_ms: drawn.start_ms },
  });
  const drawsOf = ({ shelves }: ShopChannel) => shelves.map(({ wanted, lead_days }) => [wanted, lead_days]);
  expect(drawsOf(again)).toEqual(drawsOf(drawn));
  expect(drawn.shelves.length).toBeGreaterThan(50);
});

it('orders whole cases by the habit, now and then, when stock is low', async () => {
  const states = emptyStates(drawn, () => 0);
  await play(drawn, states, habitPolicy('test'), 0, 30);
  const ordered = states.map(({ on_hand, sold }) => on_hand + sold.reduce((sum, units) => sum + units, 0));
  expect(ordered.every((units, i) => units % (drawn.shelves[i]?.product.pack_qty ?? 1) === 0)).toBe(true);
  expect(ordered.every((units) => units > 0)).toBe(true);
});
