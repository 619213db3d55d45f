import { Type, type Static } from 'typebox';

const unitsOrNull = (description: string) => Type.Union([Type.Number({ description }), Type.Null()]);

/** One bucket of a forecast and of its past, for one series or a total of several. Units. */
export const SeriesRow = Type.Object({
  bucket_start: Type.String({ description: 'local day, or first local day of seven' }),
  actual: unitsOrNull('demand that came: placed − cancelled; null while the bucket is not over'),
  mean: unitsOrNull('null outside the horizon'),
  p10: unitsOrNull('of a total: of the sum, never a sum of quantiles'),
  p50: unitsOrNull('likewise'),
  p90: unitsOrNull('likewise'),
  p95: unitsOrNull('likewise'),
  baseline_qty: unitsOrNull('what is planned without overrides'),
  final_qty: unitsOrNull('what is planned'),
  overrides: Type.Integer({ description: 'how many series of the bucket have one' }),
  compare_mean: unitsOrNull('what the other version says'),
});
export type SeriesRow = Static<typeof SeriesRow>;

/** A dealer or a product of a version. */
export const Member = Type.Object({ id: Type.String(), name: Type.String() });
export type Member = Static<typeof Member>;
