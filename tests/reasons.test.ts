import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reasonIn } from '../dashboard/src/i18n/reasons.ts';

const BEGIN = '(?:no|nothing|the stock|without|orders in|stock in)';
const REASON = new RegExp(`'(${BEGIN} [^']+)'|\`(${BEGIN} [^\`]+)\``, 'g');

/** Texts given as reasons in the sources of the figures: `undefinedBecause('…')`, `ratio(…, '…')`, `reason: '…'`. */
function reasonsInSources(): string[] {
  const files = [
    ...readdirSync('processors/figures/kpis').map((file) => `processors/figures/kpis/${file}`),
    'models/turnover/turnover.ts',
    'models/channel/money-in.ts',
  ];
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(REASON)].map(([, plain, template]) =>
      (plain ?? template ?? '').replaceAll(/\$\{[^}]+\}/g, 'EUR'),
    ),
  );
}

test('every reason that a KPI can give is told in Chinese to a Chinese reader, and as it is to an English one', () => {
  const reasons = [...reasonsInSources(), 'no order feed yet', 'no scan and no order feed yet'];
  expect(reasons.length).toBeGreaterThan(12);
  for (const reason of reasons) {
    expect(reasonIn('zh', reason), reason).toMatch(/[一-鿿]/);
    expect(reasonIn('zh', reason), reason).not.toMatch(/[a-z]/);
    expect(reasonIn('en', reason)).toBe(reason);
  }
});

test('of several each is told, and one that is not known as it came', () => {
  expect(reasonIn('zh', 'without what is in EUR, USD; without shipments whose unit cost is not known')).toBe(
    '未计 EUR、USD 金额；未计单位成本不明的发货',
  );
  expect(reasonIn('zh', 'something new')).toBe('something new');
});
