import { describe, expect, it } from 'vitest';
import { differencesPath, isNarrowed, moneyFilterOf, rebatesPath } from './money-filter.ts';

describe('the filter of the page of money', () => {
  it('asks the server for what the address says', () => {
    const filter = moneyFilterOf('?lang=zh&dealer=D+1&pair=invoice_payment&age=31');
    expect(differencesPath(filter)).toBe(
      '/v1/reconciliation?dealer_id=D+1&pair=invoice_payment&age_days_min=31',
    );
    expect(rebatesPath(moneyFilterOf('?view=rebates&program=P%26Q&month=2026-11'))).toBe(
      '/v1/rebates?program_id=P%26Q&month=2026-11',
    );
  });

  it('takes words, ages and months that there are not for unsaid', () => {
    const filter = moneyFilterOf('?view=all&pair=lost&age=9&month=2026-13');
    expect(differencesPath(filter)).toBe('/v1/reconciliation');
    expect(rebatesPath(filter)).toBe('/v1/rebates');
    expect(isNarrowed(filter)).toBe(false);
  });
});
