import type { StoredVersion } from '../../../processors/exports/forecast-exports.ts';
import type { ForecastRowNow, ForecastStore, NewOverride, RowKey } from './forecast-store.ts';
import type { OverrideBody, OverrideResult } from './override-rows.ts';

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
    // Where no override holds there is none to take back.
    const isSame =
      item.override_qty === null ? row.override_qty === null : change.before_qty === change.after_qty;
    if (isSame && (row.override_qty === null) === (item.override_qty === null)) return;
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
    before_qty: row.final_qty,
    after_qty: item.override_qty === null ? baseline_qty : Number(item.override_qty),
  };
}

function keyOf({ bucket_grain, dealer_id, sku_id, bucket_start }: RowKey): string {
  return [bucket_grain, dealer_id, sku_id, bucket_start].join('\u0000');
}
