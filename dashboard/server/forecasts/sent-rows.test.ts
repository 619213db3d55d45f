import type { CellValue } from 'hucre/xlsx';
import { describe, expect, it } from 'vitest';
import { changeOfRow, sentKeyOf } from './sent-rows.ts';

/** A row as the export has it: 12.5 forecast, nothing overridden. */
const NOW = {
  forecast_version: 'fc-20261124-01',
  as_of: '2026-11-23T16:00:00.000Z',
  dealer_id: 'D1',
  sku_id: '0017',
  bucket_start: '2026-11-25',
  bucket_grain: 'day',
  p90: 20.1234567,
  baseline_qty: 12.5,
  override_qty: null,
  override_reason: null,
  override_by: null,
  override_at: null,
  final_qty: 12.5,
  on_hand_qty: null,
  cold_start: false,
};
const OVERRIDDEN = {
  ...NOW,
  override_qty: '30',
  override_reason: 'fair',
  override_by: 'Wang',
  override_at: '2026-11-24T08:00:00.000Z',
  final_qty: 30,
};
type Cells = Readonly<Record<string, CellValue>>;

const sent = (base: Readonly<Record<string, unknown>>, edits: Cells = {}) => ({
  row: 7,
  cells: new Map(
    Object.entries({ ...(base as Cells), ...edits }).filter(([, value]) => value !== null && value !== ''),
  ),
});
const columnsOf = (result: ReturnType<typeof changeOfRow>): string[] =>
  Array.isArray(result) ? result.map(({ column, detail }) => `${column} ${detail}`) : [];

describe('a sent row', () => {
  it('that nobody touched changes nothing, also rounded by a spreadsheet or with dates that became dates', () => {
    expect(changeOfRow(sent(NOW), NOW)).toBeUndefined();
    expect(changeOfRow(sent({ ...OVERRIDDEN, override_qty: 30 }), OVERRIDDEN)).toBeUndefined();
    const touched = { p90: 20.123457, as_of: new Date(NOW.as_of), bucket_start: new Date('2026-11-25') };
    expect(changeOfRow(sent(NOW, touched), NOW)).toBeUndefined();
    expect(sentKeyOf(sent(NOW, touched))).toMatchObject({ sku_id: '0017', bucket_start: '2026-11-25' });
  });

  it('sets an override, in thousandths, changes its reason, and takes it back', () => {
    const edits = { override_qty: 40.12345, override_reason: ' promotion ' };
    expect(changeOfRow(sent(NOW, edits), NOW)).toEqual({
      row: 7,
      bucket_grain: 'day',
      dealer_id: 'D1',
      sku_id: '0017',
      bucket_start: '2026-11-25',
      baseline_qty: 12.5,
      before_qty: 12.5,
      after_qty: 40.123,
      override_qty: '40.123',
      reason: 'promotion',
    });
    expect(changeOfRow(sent(NOW, { ...edits, override_qty: '40' }), NOW)).toMatchObject({ after_qty: 40 });
    expect(
      changeOfRow(sent({ ...OVERRIDDEN, override_qty: 30 }, { override_reason: 'two fairs' }), OVERRIDDEN),
    ).toMatchObject({ before_qty: 30, after_qty: 30, reason: 'two fairs' });
    expect(
      changeOfRow(sent(OVERRIDDEN, { override_qty: null, override_reason: 'called off' }), OVERRIDDEN),
    ).toMatchObject({ before_qty: 30, after_qty: 12.5, override_qty: null });
  });

  it.each<[string, Cells, string]>([
    ['a text', { override_qty: 'many', override_reason: 'r' }, 'override_qty is the text many, not a number'],
    [
      'an error',
      { override_qty: '#REF!', override_reason: 'r' },
      'override_qty is the text #REF!, not a number',
    ],
    ['a date', { override_qty: new Date(0), override_reason: 'r' }, 'override_qty is a date, not a number'],
    ['a negative number', { override_qty: -1, override_reason: 'r' }, 'override_qty is negative: -1'],
    [
      'an absurd number',
      { override_qty: 1e13, override_reason: 'r' },
      'override_qty is more than 1000000000000',
    ],
    ['no reason', { override_qty: 40 }, 'override_reason is missing: a change needs one'],
    ['a reason alone', { override_reason: 'r' }, 'override_qty is empty beside a reason'],
    ['another forecast', { p90: 99 }, 'p90 is read-only: it was 20.1234567 and is 99'],
    ['a filled cell', { on_hand_qty: 4 }, 'on_hand_qty is read-only: it was empty and is 4'],
    [
      'a plan in the wrong column, or one that an override of its week has moved since',
      { final_qty: 99 },
      'final_qty is read-only: write override_qty. Left as it was, its week or days were overridden since: it is 12.5 now, export anew',
    ],
  ])('with %s is wrong in that cell', (_what, edits, error) => {
    expect(columnsOf(changeOfRow(sent(NOW, edits), NOW))).toEqual([error]);
  });

  it('changes what is planned of it, which an override of its week may say', () => {
    const in_week = { ...NOW, final_qty: 20 };
    const edits = { override_qty: 40, override_reason: 'r' };
    expect(changeOfRow(sent(in_week, edits), in_week)).toMatchObject({
      ...{ baseline_qty: 12.5, before_qty: 20, after_qty: 40 },
    });
  });

  it('needs a reason also to take an override back', () => {
    const edits = { override_qty: null, override_reason: null };
    expect(columnsOf(changeOfRow(sent(OVERRIDDEN, edits), OVERRIDDEN))).toEqual([
      'override_reason is missing: a change needs one',
    ]);
  });

  it('takes nothing back that another has set since the file was made, and says so where both have', () => {
    expect(changeOfRow(sent(NOW), OVERRIDDEN)).toBeUndefined();
    const same = { override_qty: 30, override_reason: 'fair' };
    expect(changeOfRow(sent(NOW, same), OVERRIDDEN)).toBeUndefined();
    const [error] = columnsOf(changeOfRow(sent(NOW, { override_qty: 40, override_reason: 'r' }), OVERRIDDEN));
    expect(error).toMatch(/^override_qty was set to 30 by Wang at 2026-11-24T08.* after this file was made/);
    expect(
      columnsOf(changeOfRow(sent({ ...OVERRIDDEN, override_qty: 30 }, { override_qty: 31 }), NOW)),
    ).toEqual(['override_qty is about an override that was taken back since: export anew']);
  });

  it('is named where its key is empty or turned into a number', () => {
    expect(sentKeyOf(sent(NOW, { sku_id: 17 }))).toMatchObject({
      row: 7,
      column: 'sku_id',
      detail: 'is the number 17: codes are text',
    });
    expect(sentKeyOf(sent(NOW, { dealer_id: null }))).toMatchObject({
      column: 'dealer_id',
      detail: 'is empty',
    });
    expect(sentKeyOf(sent(NOW, { bucket_grain: 'month' }))).toMatchObject({ column: 'bucket_grain' });
  });
});
