import { Type, type Static } from 'typebox';

/** Errors that are told of one workbook; all are counted. */
export const SENT_ERRORS_MAX = 1_000;

/** A workbook held against a version: what it changes and what is wrong in it. */
export const SentOverrides = Type.Object({
  forecast_version: Type.String(),
  revision: Type.Integer({ description: 'of the overrides after this call' }),
  dry_run: Type.Boolean(),
  rows: Type.Integer({ description: 'read from the sheet' }),
  changes: Type.Array(
    Type.Object({
      row: Type.Integer({ description: 'number of the row in the sheet; the header is 1' }),
      bucket_grain: Type.Enum(['day', 'week'] as const),
      dealer_id: Type.String(),
      sku_id: Type.String(),
      bucket_start: Type.String(),
      baseline_qty: Type.Number(),
      before_qty: Type.Number({ description: 'what was planned before' }),
      after_qty: Type.Number({ description: 'what is planned after' }),
      override_qty: Type.Union([Type.String(), Type.Null()], {
        description: 'decimal; null takes the override back',
      }),
      reason: Type.String(),
    }),
  ),
  errors: Type.Array(
    Type.Object({
      sheet: Type.String(),
      row: Type.Integer({ description: 'number of the row in the sheet' }),
      column: Type.String(),
      detail: Type.String({ description: 'what is wrong with the cell' }),
    }),
    { description: `at most ${SENT_ERRORS_MAX}` },
  ),
  error_count: Type.Integer({ description: 'of all errors' }),
});
export type SentOverrides = Static<typeof SentOverrides>;
