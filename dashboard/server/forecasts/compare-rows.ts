import { Type, type Static } from 'typebox';
import { NextCursor } from '../http/page.ts';

const OrNull = (description: string) => Type.Union([Type.Number({ description }), Type.Null()]);

/** What the rows of a comparison are about. */
export const COMPARE_LEVELS = ['total', 'category', 'dealer', 'sku'] as const;
export type CompareLevel = (typeof COMPARE_LEVELS)[number];

/** Two versions side by side for one member of a level. Units, summed over the buckets that both forecast. */
export const CompareRow = Type.Object({
  id: Type.String({ description: 'of the category, dealer or product; empty for the total' }),
  name: Type.String({ description: 'as the versions know it' }),
  mean: OrNull('expected; null where the version does not have it'),
  compare_mean: OrNull('likewise, of the version compared with'),
  mean_difference: OrNull('mean − compare_mean; null where either is'),
  mean_ratio: OrNull('mean_difference ÷ compare_mean; null where that is 0 or null'),
  final_qty: OrNull('planned, overrides in place'),
  compare_final_qty: OrNull('likewise, of the version compared with'),
  final_difference: OrNull('final_qty − compare_final_qty'),
  final_ratio: OrNull('final_difference ÷ compare_final_qty'),
});
export type CompareRow = Static<typeof CompareRow>;

/** A page of a comparison, the largest change first. */
export const Comparison = Type.Object({
  forecast_version: Type.String(),
  compare_version: Type.String(),
  level: Type.Enum([...COMPARE_LEVELS]),
  grain: Type.Enum(['day', 'week'] as const),
  buckets: Type.Integer({ description: 'that both versions forecast; nothing else is summed' }),
  first_bucket: Type.Union([Type.String(), Type.Null()], { description: 'null where they share none' }),
  last_bucket: Type.Union([Type.String(), Type.Null()]),
  reason: Type.Union([Type.Literal('no_shared_buckets'), Type.Null()], {
    description: 'why there is nothing to compare',
  }),
  items: Type.Array(CompareRow),
  next_cursor: NextCursor,
});
export type Comparison = Static<typeof Comparison>;
