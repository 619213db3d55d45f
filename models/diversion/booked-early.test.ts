import { expect, test } from 'vitest';
import { withShipmentsAsBooked } from './booked-early.ts';
import type { OrderHabit } from './habit.ts';
import { habit } from './rules/habit-channel.ts';

/** Its orders tell of a shipment so many days after its stock does; before it, where negative. */
const toldLater = (one: OrderHabit, days: number): OrderHabit => ({
  ...one,
  shipped: one.shipped.map((_, day) => one.shipped[day - days] ?? 0),
});
const channel = Array.from({ length: 6 }, (_, i) =>
  habit(`U${i}`, { first: i, every: 5 + i, gone: (day) => (day % 11 === i ? 1 : 0) }),
);
const shippedOf = (habits: readonly OrderHabit[]) =>
  habits.map(({ shipped }) => [...shipped].map(Math.round));

test('shipments that stock tells of a day or two before the orders do are moved to where stock has them, the newest too', () => {
  for (const days of [1, 2]) {
    const told = channel.map((one) => toldLater(one, days));
    expect(shippedOf(withShipmentsAsBooked(told))).toEqual(shippedOf(channel));
  }
});

test('what is shipped before it is counted, and what nobody counts, stays as it is', () => {
  const on_way = channel.map((one) => toldLater(one, -2));
  expect(withShipmentsAsBooked(on_way)).toEqual(on_way);
  expect(withShipmentsAsBooked(channel)).toEqual(channel);
  const uncounted = [habit('X')].map((one) => toldLater(one, 1));
  expect(withShipmentsAsBooked(uncounted)).toEqual(uncounted);
});

test('each dealer has its own ways; one with hardly any shipments has those of the channel', () => {
  const few = habit('F', { first: 100, every: 10, gone: () => 0 });
  const own = habit('O', { every: 6, gone: () => 0 });
  const told = [...channel.map((one) => toldLater(one, 1)), toldLater(few, 1), own];
  expect(shippedOf(withShipmentsAsBooked(told))).toEqual(shippedOf([...channel, few, own]));
});
