import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { abs, divideRounded, formatDecimal, minorPlaces, minorUnit, ONE, parseDecimal } from './decimal.ts';
import { largestRemainder } from './largest-remainder.ts';
import { periodStart, type RebateProgram } from './rebate-program.ts';
import { rebateOf } from './rebate.ts';
import { chainOf, splitOverChain } from './rebate-split.ts';
import { monthStatements } from './statement.ts';

/** Cases of each property: a million by `npm run test:money`. */
const NUM_RUNS = Number(process.env['MONEY_CASES'] ?? 2_000);
const TIMEOUT_MS = 3_600_000;

const sum = (parts: readonly bigint[]): bigint => parts.reduce((all, part) => all + part, 0n);
const sumText = (parts: readonly string[]): bigint => sum(parts.map(parseDecimal));

const program = (more: Partial<RebateProgram> = {}): RebateProgram => ({
  program_id: 'P',
  valid_from: '2026-01-01T00:00:00.000Z',
  basis: 'net_sales',
  period: 'month',
  tiers: [
    { from: '1000', rate_pct: '1' },
    { from: '5000', rate_pct: '2.5' },
  ],
  retroactive: false,
  split: [],
  ...more,
});

const counts = fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n });
const quantity = fc.bigInt({ min: 0n, max: 10n ** 12n }).map((thousandths) => (thousandths * ONE) / 1000n);
const currency = fc.constantFrom('CNY', 'JPY', 'KWD');
const tiers = fc
  .uniqueArray(fc.bigInt({ min: 0n, max: 10n ** 14n }), { minLength: 1, maxLength: 5 })
  .chain((froms) =>
    fc.tuple(
      fc.constant([...froms].sort((a, b) => (a < b ? -1 : 1))),
      fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: froms.length, maxLength: froms.length }),
    ),
  )
  .map(([froms, rates]) =>
    froms.map((from, i) => ({
      from: formatDecimal((from * ONE) / 1000n),
      rate_pct: formatDecimal((BigInt(rates[i] ?? 0) * ONE) / 10_000n),
    })),
  );
const split = fc
  .uniqueArray(fc.integer({ min: 0, max: 16 }), { minLength: 1, maxLength: 6 })
  .chain((levels) =>
    fc.tuple(
      fc.constant(levels),
      fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: levels.length, maxLength: levels.length }),
    ),
  )
  .map(([levels, weights]) => {
    const shares = largestRemainder(1_000_000n, weights.map(BigInt));
    return levels.map((level, i) => ({
      level,
      share_pct: formatDecimal(((shares[i] ?? 0n) * ONE) / 10_000n),
    }));
  });

describe('exact decimals', () => {
  test(
    'a text is the same after parsing and formatting, and sums are those of whole numbers',
    () => {
      fc.assert(
        fc.property(counts, counts, (a, b) => {
          expect(parseDecimal(formatDecimal(a))).toBe(a);
          expect(parseDecimal(formatDecimal(a)) + parseDecimal(formatDecimal(b))).toBe(a + b);
        }),
        { numRuns: NUM_RUNS },
      );
    },
    TIMEOUT_MS,
  );

  test('what floats get wrong is right: 0.1 + 0.2, 1.005 to the cent, 2^53 + 1 units with nine decimals', () => {
    expect(0.1 + 0.2).not.toBe(0.3);
    expect(sumText(['0.1', '0.2'])).toBe(parseDecimal('0.3'));
    expect(Math.round(1.005 * 100)).toBe(100);
    expect(divideRounded(parseDecimal('1.005'), minorUnit('CNY'))).toBe(101n);
    expect(formatDecimal(parseDecimal('9007199254740993.000000001'))).toBe('9007199254740993.000000001');
    // Ten thousand ten-cent lines: a float sum is 999.9999999998…
    expect(formatDecimal(sumText(Array.from({ length: 10_000 }, () => '0.1')))).toBe('1000');
  });

  test('a half goes away from zero, on both sides', () => {
    expect([5n, -5n, 15n, 14n, -14n].map((n) => divideRounded(n, 10n))).toEqual([1n, -1n, 2n, 1n, -1n]);
  });

  test.each(['1e3', '1.1234567891', '', '.5', 'NaN', '1,000', ' 1'])('%j is no decimal', (text) => {
    expect(() => parseDecimal(text)).toThrow(RangeError);
  });

  test('the yen has no fraction, the dinar three places', () => {
    expect(['CNY', 'JPY', 'KWD'].map(minorPlaces)).toEqual([2, 0, 3]);
  });
});

describe('the largest remainder', () => {
  test(
    'parts sum to the whole exactly and each is within one unit of its share',
    () => {
      const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 12 });
      fc.assert(
        fc.property(counts, weights, (total, list) => {
          fc.pre(list.some((weight) => weight > 0n));
          const parts = largestRemainder(total, list);
          const whole = sum(list);
          expect(sum(parts)).toBe(total);
          parts.forEach((part, i) => {
            expect(abs(part * whole - total * (list[i] ?? 0n)) < whole).toBe(true);
          });
        }),
        { numRuns: NUM_RUNS },
      );
    },
    TIMEOUT_MS,
  );

  test('of equal remainders the earlier gets the unit', () => {
    expect(largestRemainder(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(largestRemainder(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n]);
  });
});

describe('a rebate', () => {
  const basis = (net_sales: string, qty = '0') => ({ net_sales, qty, currency: 'CNY' });

  test('of tiers is the sum of what lies in each; a retroactive one takes the reached rate for all', () => {
    expect(rebateOf(program(), basis('6000.20'))).toMatchObject({
      amount: '65.01', // 4000 × 1 % + 1000.20 × 2.5 % = 40 + 25.005
      steps: [
        { tier_from: '1000', rate_pct: '1', counted: '4000', amount: '40.00' },
        { tier_from: '5000', rate_pct: '2.5', counted: '1000.2', amount: '25.01' },
      ],
    });
    expect(rebateOf(program({ retroactive: true }), basis('6000.20')).amount).toBe('150.01'); // 150.005
  });

  test('begins exactly at its step', () => {
    const retroactive = program({ retroactive: true });
    expect(rebateOf(retroactive, basis('4999.999999999')).amount).toBe('50.00');
    expect(rebateOf(retroactive, basis('5000')).amount).toBe('125.00');
    expect(rebateOf(program(), basis('999.99'))).toMatchObject({ amount: '0.00', steps: [] });
  });

  test('by units applies the rate to the net sales of those units', () => {
    const by_units = program({ basis: 'qty', tiers: [{ from: '10', rate_pct: '10' }] });
    expect(rebateOf(by_units, basis('300', '30')).amount).toBe('20.00');
    expect(rebateOf({ ...by_units, retroactive: true }, basis('300', '30')).amount).toBe('30.00');
  });

  test('of a period in which more came back than went out is nothing', () => {
    expect(rebateOf(program(), basis('-10', '-1')).amount).toBe('0.00');
  });

  test(
    'is the sum of its steps to the smallest unit, and within half of one of the exact value',
    () => {
      const parts = fc.record({
        basis: fc.constantFrom('net_sales' as const, 'qty' as const),
        retroactive: fc.boolean(),
        tiers,
      });
      fc.assert(
        fc.property(parts, counts, quantity, currency, (more, net, qty, code) => {
          const rebate = rebateOf(program(more), {
            net_sales: formatDecimal(net),
            qty: formatDecimal(qty),
            currency: code,
          });
          const amount = parseDecimal(rebate.amount);
          expect(sumText(rebate.steps.map((step) => step.amount))).toBe(amount);
          expect(amount % minorUnit(code)).toBe(0n);
          const total = parseDecimal(rebate.basis_value);
          // Over the common divisor: Σ net × counted × rate against amount × total × 100.
          const exact = sum(
            rebate.steps.map((step) => net * parseDecimal(step.counted) * parseDecimal(step.rate_pct)),
          );
          const scale = total > 0n ? total * 100n * ONE : 1n;
          expect(2n * abs(exact - amount * scale) <= minorUnit(code) * scale).toBe(true);
        }),
        { numRuns: NUM_RUNS },
      );
    },
    TIMEOUT_MS,
  );
});

describe('the split of a pool over a chain', () => {
  const shares = [
    { level: 0, share_pct: '33.3333' },
    { level: 1, share_pct: '33.3333' },
    { level: 2, share_pct: '33.3334' },
  ];

  test('gives a hundred yuan to three as 33.33, 33.33 and 33.34', () => {
    expect(splitOverChain('100.00', 'CNY', shares, ['a', 'b', 'c']).map(({ amount }) => amount)).toEqual([
      '33.33',
      '33.33',
      '33.34',
    ]);
  });

  test('a level above the chain falls to its last member, and without shares all is the dealer’s', () => {
    expect(splitOverChain('100', 'CNY', shares, ['a', 'b'])).toEqual([
      { dealer_id: 'a', level: 0, share_pct: '33.3333', amount: '33.33' },
      { dealer_id: 'b', level: 1, share_pct: '66.6667', amount: '66.67' },
    ]);
    expect(splitOverChain('7', 'JPY', [], ['a', 'b'])).toMatchObject([{ dealer_id: 'a', amount: '7' }]);
  });

  test(
    'keeps every cent',
    () => {
      const chain = fc.integer({ min: 1, max: 8 }).map((n) => Array.from({ length: n }, (_, i) => `d${i}`));
      const units = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
      fc.assert(
        fc.property(units, currency, split, chain, (pool, code, levels, members) => {
          const text = formatDecimal(pool * minorUnit(code));
          const parts = splitOverChain(text, code, levels, members);
          expect(sumText(parts.map(({ amount }) => amount))).toBe(parseDecimal(text));
          expect(parts.every(({ dealer_id }) => members.includes(dealer_id))).toBe(true);
        }),
        { numRuns: NUM_RUNS },
      );
    },
    TIMEOUT_MS,
  );

  test('refuses a pool of fractions of a cent', () => {
    expect(() => splitOverChain('0.001', 'CNY', [], ['a'])).toThrow(RangeError);
  });

  test('a chain goes up to HQ, and ends where the data run in a circle', () => {
    const parents = new Map([
      ['a', 'b'],
      ['b', 'c'],
      ['c', ''],
      ['x', 'y'],
      ['y', 'x'],
    ]);
    expect(chainOf('a', (id) => parents.get(id))).toEqual(['a', 'b', 'c']);
    expect(chainOf('x', (id) => parents.get(id))).toEqual(['x', 'y']);
  });
});

test('a quarter begins in January, April, July or October', () => {
  expect(['2026-01', '2026-03', '2026-05', '2026-12'].map((month) => periodStart(month, 'quarter'))).toEqual([
    '2026-01',
    '2026-01',
    '2026-04',
    '2026-10',
  ]);
});

test(
  'statements close as they open plus what moved, whatever moved',
  () => {
    const documents = fc.array(
      fc.record({
        doc_id: fc.string(),
        kind: fc.constantFrom('invoice', 'payment', 'credit_note', 'rebate_claim', 'rebate_payment'),
        month: fc.constantFrom('2026-01', '2026-02', '2026-03'),
        amount: counts.map((n) => formatDecimal(n)),
      }),
      { maxLength: 20 },
    );
    const sign = { invoice: 1n, payment: -1n, credit_note: -1n, rebate_payment: -1n, rebate_claim: 0n };
    fc.assert(
      fc.property(documents, (list) => {
        const statements = monthStatements(list);
        const owed = sum(list.map(({ kind, amount }) => sign[kind] * parseDecimal(amount)));
        expect(parseDecimal(statements.at(-1)?.closing ?? '0')).toBe(owed);
        statements.forEach((statement, i) => {
          expect(statement.opening).toBe(statements[i - 1]?.closing ?? '0');
        });
      }),
      { numRuns: Math.min(NUM_RUNS, 100_000) },
    );
  },
  TIMEOUT_MS,
);
