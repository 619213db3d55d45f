import type { Readable } from 'node:stream';
import type { CellValue } from 'hucre/xlsx';
import type { PivotCell, StoredVersion } from './forecast-exports.ts';
import type { Cell } from './sheet-xml.ts';
import { streamWorkbook } from './workbook-stream.ts';

/**
 * The planners' workbook: README, Forecast (the export's columns; codes are text), Pivot (products × blocks of seven days), Accuracy.
 * The Forecast is streamed; beyond Excel's rows it goes on in `Forecast 2`.
 * @param portions rows of the export, the first one with the names
 */
export function forecastWorkbook(
  version: StoredVersion,
  portions: AsyncIterable<readonly (readonly Cell[])[]>,
  pivot: readonly PivotCell[],
): Readable {
  return streamWorkbook({
    before: [{ name: 'README', rows: readme(version) }],
    streamed: { name: 'Forecast', portions },
    after: [
      { name: 'Pivot', rows: pivotRows(pivot), freezePane: { rows: 1 } },
      { name: 'Accuracy', rows: accuracyRows(version.accuracy) },
    ],
    modified: new Date(version.generated_at),
  });
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
      'One row per dealer, product and bucket; what no sheet can hold goes on in Forecast 2. To override: fill override_qty and override_reason and send the file back.',
    ],
    ['Pivot', 'Planned units (overrides in place) of each product by blocks of seven days.'],
    [
      'Accuracy',
      'Of a backtest one horizon before as_of, at four levels, beside the seasonal naive forecast. lag_days: from the last known day to the first day of a sum.',
    ],
    [],
    ['mean', 'Expected units: sums of means are coherent totals.'],
    ['p10, p50, p90, p95', 'Quantiles of a single row: for stock. Sums of them are no quantiles of sums.'],
    [
      'baseline_qty, final_qty',
      'The mean; the override in its place where there is one, the same in days and weeks: of a week it is spread over its days.',
    ],
    [
      'wape_backtest',
      'Of one series: its days at lags of 1 to 28 days, in weeks 1 to 4 their sums, in later weeks 12 weeks. Naive and bias: sheet Accuracy.',
    ],
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
  const columns = ['level', 'lag_days', 'points', 'wape', 'naive_wape', 'bias', 'coverage_p80'];
  if (levels.length === 0) return [columns, ['the history is too short for a backtest']];
  return [
    columns,
    ...levels.map((level) =>
      columns.map((column) => (column === 'lag_days' ? lagsOf(level) : (level[column] ?? null))),
    ),
  ];
}

/** Empty for versions that were made before it was kept. */
function lagsOf({ lag_first = null, lag_last = null }: Record<string, CellValue>): CellValue {
  return lag_first === lag_last ? lag_first : `${String(lag_first)}-${String(lag_last)}`;
}
