import { writeXlsx, type CellValue } from 'hucre/xlsx';
import type { ForecastStore, PivotCell, RowFilter, StoredVersion } from './forecast-store.ts';

/** A workbook is made in memory; more rows are for CSV and Parquet, which are streamed. */
export const WORKBOOK_ROWS_MAX = 120_000;

export class WorkbookTooLargeError extends Error {}

/**
 * The planners' workbook: README, Forecast (the export's columns; codes are text), Pivot (products × blocks of seven days), Accuracy.
 * @throws WorkbookTooLargeError beyond WORKBOOK_ROWS_MAX rows.
 */
export async function forecastWorkbook(
  store: ForecastStore,
  version: StoredVersion,
  filter: RowFilter,
): Promise<Buffer> {
  const rows: Record<string, unknown>[] = [];
  for await (const portion of store.rows(version.forecast_version, filter)) {
    rows.push(...portion);
    if (rows.length > WORKBOOK_ROWS_MAX) {
      throw new WorkbookTooLargeError(`a workbook has at most ${WORKBOOK_ROWS_MAX} rows`);
    }
  }
  const columns = Object.keys(rows[0] ?? {});
  const forecast = [columns, ...rows.map((row) => columns.map((column) => cellOf(column, row[column])))];
  const bytes = await writeXlsx({
    sheets: [
      { name: 'README', rows: readme(version) },
      { name: 'Forecast', rows: forecast, freezePane: { rows: 1 } },
      {
        name: 'Pivot',
        rows: pivotRows(await store.pivot(version.forecast_version, filter)),
        freezePane: { rows: 1 },
      },
      { name: 'Accuracy', rows: accuracyRows(version.accuracy) },
    ],
  });
  return Buffer.from(bytes);
}

/** Numbers as numbers; everything else, codes of digits too, as text. */
function cellOf(column: string, value: unknown): CellValue {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'string') return null;
  return column === 'override_qty' ? Number(value) : value;
}

function readme(version: StoredVersion): CellValue[][] {
  return [
    ['Forecast version', version.forecast_version],
    ['As of', version.as_of],
    ['Generated at', version.generated_at],
    ['Dealer x product series', version.series],
    [],
    ['Sheet', 'What it holds'],
    [
      'Forecast',
      'One row per dealer, product and bucket. To override: fill override_qty and override_reason and send the file back.',
    ],
    ['Pivot', 'Planned units (overrides in place) of each product by blocks of seven days.'],
    [
      'Accuracy',
      'Of a backtest one horizon before as_of, at four levels, beside the seasonal naive forecast.',
    ],
    [],
    ['mean', 'Expected units: sums of means are coherent totals.'],
    ['p10, p50, p90, p95', 'Quantiles of a single row: for stock. Sums of them are no quantiles of sums.'],
    ['baseline_qty, final_qty', 'The mean; the override in its place where there is one.'],
  ];
}

function pivotRows(cells: readonly PivotCell[]): CellValue[][] {
  const blocks = [...new Map(cells.map(({ block, first_day }) => [block, first_day])).entries()].toSorted(
    (a, b) => a[0] - b[0],
  );
  const by_sku = new Map<string, { name: string; qtys: Map<number, number> }>();
  for (const { sku_id, name, block, qty } of cells) {
    const row = by_sku.get(sku_id) ?? { name, qtys: new Map<number, number>() };
    row.qtys.set(block, qty);
    by_sku.set(sku_id, row);
  }
  const header = [
    'sku_id',
    'sku_name',
    ...blocks.map(([, first_day]) => `7 days from ${first_day}`),
    'total',
  ];
  const rows = [...by_sku].map(([sku_id, { name, qtys }]): CellValue[] => {
    const values = blocks.map(([block]) => qtys.get(block) ?? 0);
    return [sku_id, name, ...values, values.reduce((sum, qty) => sum + qty, 0)];
  });
  return [header, ...rows];
}

function accuracyRows(accuracy: unknown): CellValue[][] {
  const levels = Array.isArray(accuracy) ? (accuracy as Record<string, CellValue>[]) : [];
  const columns = ['level', 'points', 'wape', 'naive_wape', 'bias', 'coverage_p80'];
  if (levels.length === 0) return [columns, ['the history is too short for a backtest']];
  return [columns, ...levels.map((level) => columns.map((column) => level[column] ?? null))];
}
