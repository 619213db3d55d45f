import { Type, type Static } from 'typebox';
import { Id } from '../../../models/contract/fields.ts';
import type { ForecastRowNow, ForecastStore, NewOverride, RowKey, StoredVersion } from './forecast-store.ts';

/** Overrides of one call. */
export const OVERRIDES_MAX = 10_000;

const OverrideItem = Type.Object(
  {
    dealer_id: Id('the dealer'),
    sku_id: Id('the product'),
    bucket_start: Type.String({
      pattern: '^\\d{4}-\\d{2}-\\d{2}$',
      description: 'day, or first day of the week',
    }),
    bucket_grain: Type.Optional(Type.Enum(['day', 'week'] as const, { description: 'day if unset' })),
    override_qty: Type.Union([Type.Number({ minimum: 0, maximum: 1e12 }), Type.Null()], {
      description: 'units in place of the baseline; null takes an override back',
    }),
    reason: Type.String({ minLength: 1, maxLength: 500, description: 'why; it is kept' }),
  },
  { additionalProperties: false },
);

export const OverrideBody = Type.Object(
  {
    forecast_version: Type.Optional(Type.String({ description: 'latest if unset' })),
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

/** Applies overrides to a version, those about rows that it has; the others come back with their reason. */
export async function applyOverrides(
  store: ForecastStore,
  version: StoredVersion,
  body: OverrideBody,
  by: string,
  at: Date,
): Promise<OverrideResult> {
  const items = body.items.map((item): NewOverride & RowKey => ({
    bucket_grain: item.bucket_grain ?? 'day',
    dealer_id: item.dealer_id,
    sku_id: item.sku_id,
    bucket_start: item.bucket_start,
    override_qty: item.override_qty === null ? null : item.override_qty.toFixed(3),
    reason: item.reason,
  }));
  const found = await store.find(version.forecast_version, items);
  const by_key = new Map(found.map((row) => [keyOf(row), row]));
  const rejected: OverrideResult['rejected'] = [];
  const seen = new Map<string, number>();
  const changes: OverrideResult['changes'] = [];
  const accepted: NewOverride[] = [];
  items.forEach((item, index) => {
    const key = keyOf(item);
    const row = by_key.get(key);
    const earlier = seen.get(key);
    seen.set(key, index);
    const detail =
      row === undefined
        ? 'the version has no such row'
        : earlier !== undefined
          ? `is the same row as item ${earlier}`
          : null;
    if (row === undefined || detail !== null) {
      rejected.push({ index, pointer: `/items/${index}`, detail: detail ?? '' });
      return;
    }
    const change = changeOf(row, item);
    if (
      change.before_qty === change.after_qty &&
      (row.override_qty === null) === (item.override_qty === null)
    )
      return;
    changes.push(change);
    accepted.push(item);
  });
  const dry_run = body.dry_run ?? false;
  const changed = !dry_run && accepted.length > 0;
  const revision = version.revision + (changed ? 1 : 0);
  if (changed) await store.add(version.forecast_version, revision, by, at, accepted);
  return { forecast_version: version.forecast_version, revision, dry_run, changes, rejected };
}

function changeOf(row: ForecastRowNow, item: NewOverride): OverrideResult['changes'][number] {
  const { bucket_grain, dealer_id, sku_id, bucket_start, baseline_qty } = row;
  return {
    ...{ bucket_grain, dealer_id, sku_id, bucket_start, baseline_qty },
    before_qty: row.override_qty === null ? baseline_qty : Number(row.override_qty),
    after_qty: item.override_qty === null ? baseline_qty : Number(item.override_qty),
  };
}

function keyOf({ bucket_grain, dealer_id, sku_id, bucket_start }: RowKey): string {
  return [bucket_grain, dealer_id, sku_id, bucket_start].join('\u0000');
}
