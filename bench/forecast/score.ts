import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { dateOf } from '../../models/calendar/day.ts';
import { AccuracySums, type Accuracy } from '../../models/forecast/accuracy.ts';
import { HEAD_COUNT, HEADS, type Forecast } from '../../models/forecast/forecaster.ts';
import { demandOf, firstSale, type Panel } from '../../models/forecast/panel.ts';
import type { DensePanel } from '../../processors/forecast/panel-file/dense-panel.ts';

/** A panel with the names that files call its series by. */
export interface NamedPanel {
  readonly panel: Panel;
  readonly names: readonly string[];
  /** What a date without a row was taken for. */
  readonly gaps: DensePanel['gaps'];
}

/**
 * Accuracy of a file of forecasts (series_id, date, origin, heads), by one scorer for all: over series that had sold by the origin,
 * which every model forecasts. Fails when one of those is missing or not a number, so that nobody is spared a point.
 */
export async function scoreFile(path: string, { panel, names }: NamedPanel, h: number): Promise<Accuracy> {
  const index = new Map(names.map((name, series) => [name, series]));
  const period = new Map(Array.from({ length: panel.periods }, (_, t) => [dateAt(panel, t), t]));
  const by_origin = new Map<number, Forecast>();
  const rows = createReadStream(path).pipe(parse({ columns: true }));
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    const origin = period.get(row['origin'] ?? '') ?? -1;
    const series = index.get(row['series_id'] ?? '') ?? -1;
    const step = (period.get(row['date'] ?? '') ?? -1) - origin;
    if (origin < 0 || series < 0 || step < 1 || step > h)
      throw new Error(`${path} has a row of no cell of the panel`);
    let forecast = by_origin.get(origin);
    if (forecast === undefined) by_origin.set(origin, (forecast = emptyForecast(panel, origin, h)));
    HEADS.forEach((head, at) => {
      const value = Number(row[head]);
      forecast.values[(series * h + step - 1) * HEAD_COUNT + at] = row[head] === '' ? Number.NaN : value;
    });
  }
  const sums = new AccuracySums();
  for (const forecast of by_origin.values()) sums.add(panel, ofSellingSeries(panel, forecast, path));
  return sums.result();
}

function dateAt(panel: Panel, t: number): string {
  return dateOf(panel.first_day + t * panel.period_days);
}

function emptyForecast(panel: Panel, origin: number, h: number): Forecast {
  const series = Int32Array.from({ length: panel.series_count }, (_, one) => one);
  return { origin, h, series, values: new Float32Array(series.length * h * HEAD_COUNT).fill(Number.NaN) };
}

function ofSellingSeries(panel: Panel, { origin, h, series, values }: Forecast, path: string): Forecast {
  const length = h * HEAD_COUNT;
  const selling = series.filter((one) => firstSale(demandOf(panel, one), origin + 1) >= 0);
  const kept = new Float32Array(selling.length * length);
  selling.forEach((one, at) => {
    kept.set(values.subarray(one * length, (one + 1) * length), at * length);
  });
  if (kept.some((value) => !Number.isFinite(value)))
    throw new Error(`${path} lacks forecasts of ${dateAt(panel, origin)}`);
  return { origin, h, series: selling, values: kept };
}
