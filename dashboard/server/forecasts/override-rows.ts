import { Type, type Static } from 'typebox';
import { Id } from '../../../models/contract/fields.ts';

/** Overrides of one call. */
const OVERRIDES_MAX = 10_000;

const OverrideItem = Type.Object(
  {
    dealer_id: Id('the dealer'),
    sku_id: Id('the product'),
    bucket_start: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}$',
      description: 'day, or first day of the week',
      'x-expected': 'a day as YYYY-MM-DD',
    }),
    bucket_grain: Type.Optional(Type.Enum(['day', 'week'] as const, { description: 'day if unset' })),
    override_qty: Type.Union([Type.Number({ minimum: 0, maximum: 1e12 }), Type.Null()], {
      description: 'units in place of the baseline; null takes an override back',
    }),
    reason: Type.String({
      maxLength: 500,
      pattern: '\\S',
      description: 'why; it is kept',
      'x-expected': 'a reason of at most 500 characters',
    }),
  },
  { additionalProperties: false },
);

export const OverrideBody = Type.Object(
  {
    forecast_version: Type.Optional(Type.String({ maxLength: 64, description: 'latest if unset' })),
    dry_run: Type.Optional(Type.Boolean({ description: 'true = only say what would change' })),
    items: Type.Array(OverrideItem, { minItems: 1, maxItems: OVERRIDES_MAX }),
  },
  { additionalProperties: false },
);
export type OverrideBody = Static<typeof OverrideBody>;

const Change = Type.Object({
  bucket_grain: Type.String(),
  dealer_id: Type.String(),
  sku_id: Type.String(),
  bucket_start: Type.String(),
  baseline_qty: Type.Number(),
  before_qty: Type.Number({ description: 'what was planned before' }),
  after_qty: Type.Number({ description: 'what is planned after' }),
});
const Rejected = Type.Object({ index: Type.Integer(), pointer: Type.String(), detail: Type.String() });
export const OverrideResult = Type.Object({
  forecast_version: Type.String(),
  revision: Type.Integer({ description: 'of the overrides after this call' }),
  dry_run: Type.Boolean(),
  changes: Type.Array(Change),
  rejected: Type.Array(Rejected),
});
export type OverrideResult = Static<typeof OverrideResult>;
