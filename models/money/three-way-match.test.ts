import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDecimal, minorUnit, parseDecimal } from './decimal.ts';
import { MATCH_STEPS, threeWayMatch, type MatchStep, type OrderMovement } from './three-way-match.ts';

/** Cases of each property: a million by `npm run test:money`. */
const NUM_RUNS = Number(process.env['MONEY_CASES'] ?? 2_000);
const TIMEOUT_MS = 3_600_000;

describe('the three-way match', () => {
  const at = (day: number): string => new Date(Date.UTC(2026, 2, day)).toISOString();
  const movement = (step: MatchStep, amount: string, day: number): OrderMovement => ({
    step,
    amount,
    event_time: at(day),
  });
  const agreeing = [
    movement('placed', '100.10', 1),
    movement('cancelled', '0.10', 1),
    movement('shipped', '100', 2),
    movement('returned', '10', 2),
    movement('invoice', '100', 3),
    movement('credit_note', '10', 3),
    movement('payment', '90', 4),
  ];
  const as_of = '2026-03-14T12:00:00.000Z';
  const match = (movements: readonly OrderMovement[], currency = 'CNY') =>
    threeWayMatch(movements, currency, as_of);

  test('finds nothing where all agree, net of what was cancelled, returned and credited', () => {
    expect(match(agreeing)).toEqual([]);
  });

  test('a rebate that is credited to the order pays its invoice, and leaves shipment and invoice in agreement', () => {
    const rebated = [...agreeing.slice(0, -1), movement('payment', '85', 4), movement('rebate', '5', 5)];
    expect(match(rebated)).toEqual([]);
    expect(match([...agreeing, movement('rebate', '5', 5)])).toEqual([
      { pair: 'invoice_payment', amount: '5', since: at(5), age_days: 9 },
    ]);
  });

  test('lists a cent too much or too little', () => {
    expect(match([...agreeing, movement('invoice', '0.01', 9)])).toEqual([
      { pair: 'shipment_invoice', amount: '0.01', since: at(9), age_days: 5 },
      { pair: 'invoice_payment', amount: '-0.01', since: at(9), age_days: 5 },
    ]);
  });

  test('is as old as the oldest movement that the other side does not cover: a part payment makes it no younger', () => {
    const invoices = [movement('shipped', '150', 1), movement('placed', '150', 1)];
    const billed = [...invoices, movement('invoice', '100', 2), movement('invoice', '50', 9)];
    expect(match([...billed, movement('payment', '1', 13)])).toEqual([
      { pair: 'invoice_payment', amount: '-149', since: at(2), age_days: 12 },
    ]);
    expect(match([...billed, movement('payment', '100', 13)])).toMatchObject([
      { amount: '-50', since: at(9) },
    ]);
    expect(match([...billed, movement('payment', '100', 3), movement('payment', '60', 12)])).toMatchObject([
      { amount: '10', since: at(12) },
    ]);
    // Paid, and credited afterwards: too much is paid since the credit note.
    expect(
      match([
        ...billed,
        movement('payment', '150', 10),
        movement('credit_note', '50', 11),
        movement('returned', '50', 10),
      ]),
    ).toMatchObject([{ pair: 'invoice_payment', amount: '50', since: at(11) }]);
  });

  test('compares what can be invoiced: 2.5 × 3.33 = 8.325 is 8.33', () => {
    const goods = [movement('placed', '8.325', 1), movement('shipped', '8.325', 2)];
    const paid = [...goods, movement('invoice', '8.33', 3), movement('payment', '8.33', 4)];
    expect(match(paid)).toEqual([]);
    expect(match([...goods, movement('invoice', '8.32', 3), movement('payment', '8.32', 4)])).toEqual([
      { pair: 'shipment_invoice', amount: '-0.01', since: at(2), age_days: 12 },
    ]);
    // What the first invoice rounds up is no open cent of it.
    expect(match([...paid, movement('invoice', '5', 9), movement('payment', '5', 9)])).toMatchObject([
      { pair: 'shipment_invoice', amount: '5', since: at(9) },
    ]);
    expect(match(paid, 'BHD')).toMatchObject([{ pair: 'shipment_invoice', amount: '0.005', since: at(3) }]);
    expect(
      match(
        [
          movement('shipped', '8.5', 1),
          movement('placed', '8.5', 1),
          movement('invoice', '9', 1),
          movement('payment', '9', 1),
        ],
        'JPY',
      ),
    ).toEqual([]);
  });

  test(
    'knows a movement for every difference',
    () => {
      const step = fc.constantFrom(...MATCH_STEPS);
      const one = fc.record({
        step,
        amount: fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }).map((n) => formatDecimal(n)),
        day: fc.integer({ min: 1, max: 9 }),
      });
      fc.assert(
        fc.property(fc.array(one, { maxLength: 12 }), fc.constantFrom('CNY', 'JPY', 'KWD'), (list, code) => {
          const movements = list.map(({ step: of, amount, day }) => movement(of, amount, day));
          for (const { amount, since } of match(movements, code)) {
            expect(parseDecimal(amount) % minorUnit(code)).toBe(0n);
            expect(movements.some(({ event_time }) => event_time === since)).toBe(true);
          }
        }),
        { numRuns: NUM_RUNS },
      );
    },
    TIMEOUT_MS,
  );
});
