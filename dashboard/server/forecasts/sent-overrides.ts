import type {
  ForecastExports,
  RowFilter,
  StoredVersion,
} from '../../../processors/exports/forecast-exports.ts';
import type { ForecastStore, RowKey } from './forecast-store.ts';
import {
  NEEDED_COLUMNS,
  changeOfRow,
  sentKeyOf,
  wrong,
  type SentChange,
  type SentError,
} from './sent-rows.ts';
import { SENT_ERRORS_MAX, type SentOverrides } from './sent-result.ts';
import type { SentRow, SentSheet } from './sent-workbook.ts';

/** Overrides of one workbook. */
const CHANGES_MAX = 10_000;

/** Without what depends on whether it is applied. */
type Compared = Omit<SentOverrides, 'revision' | 'dry_run'> & { readonly changes: SentChange[] };

/** Holds the sent rows against the version as it is now. Memory: the sent rows, and one portion of the version's. */
export async function compareSent(
  { exports, store }: { readonly exports: ForecastExports; readonly store: ForecastStore },
  version: StoredVersion,
  { columns, rows }: SentSheet,
): Promise<Compared> {
  const { forecast_version } = version;
  const errors = new Errors();
  const changes: SentChange[] = [];
  const missing = NEEDED_COLUMNS.filter((name) => !columns.includes(name));
  errors.add(...missing.map((name) => wrong(1, name, 'is missing in the row of names')));
  const wanted = missing.length > 0 ? new Map<string, Wanted>() : wantedRows(forecast_version, rows, errors);
  if (wanted.size > 0) {
    for await (const portion of exports.rows(forecast_version, narrowest([...wanted.values()]))) {
      for (const row of portion) {
        const key = keyText(row as unknown as RowKey);
        const found = wanted.get(key);
        if (found === undefined) continue;
        wanted.delete(key);
        const change = changeOfRow(found.sent, row);
        if (Array.isArray(change)) errors.add(...change);
        else if (change !== undefined) changes.push(change);
      }
    }
  }
  errors.add(...(await unknownRows(store, forecast_version, [...wanted.values()], errors.room)));
  const [beyond] = changes.slice(CHANGES_MAX);
  if (beyond !== undefined)
    errors.add(wrong(beyond.row, 'override_qty', `is one change more than the ${CHANGES_MAX} of one file`));
  return {
    forecast_version,
    rows: rows.length,
    changes: changes.slice(0, CHANGES_MAX).toSorted((a, b) => a.row - b.row),
    errors: errors.told.toSorted((a, b) => a.row - b.row),
    error_count: errors.count,
  };
}

interface Wanted {
  readonly key: RowKey;
  readonly sent: SentRow;
}

function wantedRows(version: string, sent: readonly SentRow[], errors: Errors): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const one of sent) {
    const of_version = one.cells.get('forecast_version') ?? null;
    if (of_version !== version) {
      errors.add(
        wrong(
          one.row,
          'forecast_version',
          `is ${String(of_version ?? 'empty')}, the file was sent to ${version}`,
        ),
      );
      continue;
    }
    const key = sentKeyOf(one);
    if ('detail' in key) {
      errors.add(key);
      continue;
    }
    const earlier = wanted.get(keyText(key));
    if (earlier === undefined) wanted.set(keyText(key), { key, sent: one });
    else errors.add(wrong(one.row, 'bucket_start', `is the same row as row ${earlier.sent.row}`));
  }
  return wanted;
}

/** Names the part of each key that the version does not have. */
async function unknownRows(
  store: ForecastStore,
  version: string,
  unknown: readonly Wanted[],
  room: number,
): Promise<SentError[]> {
  const told = unknown.slice(0, room);
  if (told.length === 0) return unknown.map(({ sent }) => wrong(sent.row, 'bucket_start', 'is unknown'));
  const pairs = await store.pairs(
    version,
    [...new Set(told.map(({ key }) => key.dealer_id))],
    [...new Set(told.map(({ key }) => key.sku_id))],
  );
  const dealers = new Set(pairs.map(({ dealer_id }) => dealer_id));
  const skus = new Set(pairs.map(({ sku_id }) => sku_id));
  const both = new Set(pairs.map(({ dealer_id, sku_id }) => JSON.stringify([dealer_id, sku_id])));
  return unknown.map(({ key: { dealer_id, sku_id, bucket_start }, sent: { row } }) => {
    if (!dealers.has(dealer_id)) return wrong(row, 'dealer_id', `${dealer_id} is no dealer of the version`);
    if (!skus.has(sku_id)) return wrong(row, 'sku_id', `${sku_id} is no product of the version`);
    if (!both.has(JSON.stringify([dealer_id, sku_id])))
      return wrong(row, 'sku_id', `${sku_id} is not forecast for dealer ${dealer_id}`);
    return wrong(row, 'bucket_start', `${bucket_start} is no bucket of the version`);
  });
}

/** What all rows have in common, so that no more of the version is read than the export that was sent back. */
function narrowest(wanted: readonly Wanted[]): RowFilter {
  const only = <T>(pick: (key: RowKey) => T): T | undefined => {
    const values = new Set(wanted.map(({ key }) => pick(key)));
    return values.size === 1 ? [...values][0] : undefined;
  };
  return {
    grain: only(({ bucket_grain }) => bucket_grain),
    dealer_id: only(({ dealer_id }) => dealer_id),
    sku_id: only(({ sku_id }) => sku_id),
  };
}

function keyText({ bucket_grain, dealer_id, sku_id, bucket_start }: RowKey): string {
  return JSON.stringify([bucket_grain, dealer_id, sku_id, bucket_start]);
}

/** Counts all, keeps the first. */
class Errors {
  readonly told: SentError[] = [];
  count = 0;

  add(...errors: readonly SentError[]): void {
    this.count += errors.length;
    this.told.push(...errors.slice(0, this.room));
  }

  get room(): number {
    return SENT_ERRORS_MAX - this.told.length;
  }
}
