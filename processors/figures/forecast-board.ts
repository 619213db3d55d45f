import type { LiveRow } from '../../models/contract/live.ts';
import { totalQuantile } from '../../models/forecast/total-band.ts';
import { defineProcessor } from '../processor.ts';

interface DayRow {
  /** YYYY-MM-DD, local. */
  readonly day: string;
  readonly actual: number | null;
  readonly mean: number | null;
  /** Over all series of the day: sum of squared deviations, and of deviations. */
  readonly squares: number;
  readonly deviations: number;
  readonly previous: number | null;
}

/** Total demand, and the fan of the last forecast version: means summed, quantiles of the sum (never sums of quantiles). */
export const forecastBoard = defineProcessor({
  id: 'forecast-board',
  lane: 'slow',
  trigger: { on: 'timer', every_ms: 30_000, after: ['sales-days'], min_interval_ms: 15_000 },
  query: ({ sql, settings }) =>
    sql.queryFile<DayRow>('queries/forecast/board.sql', { params: { time_zone: settings.time_zone } }),
  compute: (days: readonly DayRow[], { now }) => {
    // Without a version there is no forecast to show, and the panel says so.
    const rows = days.some(({ mean }) => mean !== null) ? days.map(rowOf) : [];
    return {
      live: [
        {
          topic: 'forecast' as const,
          as_of: rows.length === 0 ? null : now.toISOString(),
          rows: new Map(rows.map((row) => [row.bucket_start, row])),
        },
      ],
    };
  },
  store: () => Promise.resolve(),
});

function rowOf({ day, actual, mean, squares, deviations, previous }: DayRow): LiveRow<'forecast'> {
  const at = (level: number): number | null =>
    mean === null ? null : totalQuantile({ mean, squares, deviations }, level);
  return {
    bucket_start: `${day}T00:00:00.000Z`,
    actual,
    mean,
    p10: at(0.1),
    p50: at(0.5),
    p90: at(0.9),
    previous,
  };
}
