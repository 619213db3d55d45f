import { expect, it } from 'vitest';
import type { OrderRow, TransferRow } from '../../../server/suggestions/suggestion-rows.ts';
import { createFormat } from '../../i18n/format.ts';
import { benefitLines } from './benefit-lines.ts';
import { REPLENISHMENT_TEXTS } from './texts.ts';

const measured = {
  ...{ state: 'accepted', stockout_days: 1, stockout_days_without: 3, lost_qty: 1, lost_qty_without: 5 },
  ...{ saved_days: 2, saved_qty: 4, benefit_reason: '' },
} as OrderRow;
const inLanguage = (lang: 'zh' | 'en') => ({
  s: REPLENISHMENT_TEXTS[lang],
  f: createFormat(lang, 'Asia/Shanghai'),
  lang,
});

it('tells what an accepted suggestion has brought, of a transfer also net of what the giver lacked', () => {
  expect(benefitLines(measured, inLanguage('en'))).toEqual([
    'Brought: 1 day out of stock; without it 3',
    'Sales saved: 4 units',
  ]);
  const transfer = {
    ...measured,
    from_dealer_id: 'D2',
    saved_days: 0,
    saved_qty: 1,
  } as unknown as TransferRow;
  expect(benefitLines(transfer, inLanguage('en'))[2]).toBe(
    'Less what the giver lacked: 0 days out of stock avoided, 1 unit saved',
  );
});

it('says why nothing is told yet, in the reader’s language, and nothing where nothing was accepted', () => {
  const unmeasured = { ...measured, stockout_days: null, benefit_reason: 'its horizon ends on 2026-12-08' };
  expect(benefitLines(unmeasured, inLanguage('zh'))).toEqual(['成效尚未计量：见效期到 2026-12-08 结束']);
  expect(benefitLines({ ...measured, state: 'rejected' }, inLanguage('en'))).toEqual([]);
});
