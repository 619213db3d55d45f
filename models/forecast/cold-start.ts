import { groupingStatics } from './features/group-totals.ts';
import { allSeries, HEAD_COUNT, LEVELS, type Forecast, type ForecastRequest } from './forecaster.ts';
import { demandOf, firstSale, type Panel } from './panel.ts';

/** Launches that a group has to have seen before it speaks for itself. */
const LAUNCHES_MIN = 5;
/** Launches that are looked at in each group at most, the latest. */
const LAUNCHES_MAX = 500;

/**
 * Forecasts series without any demand yet: as the first h periods of the series of the same category and territory went that were
 * launched before the origin (mean and quantiles over launches and periods); of the smallest group with enough launches, else
 * of all. A series that was already selling at the panel's first period is no launch, unless there is no other.
 */
export function coldStart(panel: Panel, request: ForecastRequest): Forecast {
  const { origin, h } = request;
  const series = request.series ?? allSeries(panel);
  const launches = launchesBefore(panel, origin);
  const groupings = groupingStatics(panel);
  const memo = new Map<string, Float32Array>();
  const values = new Float32Array(series.length * h * HEAD_COUNT);
  series.forEach((one, index) => {
    const [key, alike] = alikeLaunches(launches, groupings, one);
    let row = memo.get(key);
    if (row === undefined) memo.set(key, (row = firstPeriods(panel, alike, origin, h)));
    for (let step = 0; step < h; step++) values.set(row, (index * h + step) * HEAD_COUNT);
  });
  return { origin, h, series, values };
}

interface Launch {
  readonly series: number;
  readonly first: number;
}

function launchesBefore(panel: Panel, origin: number): Launch[] {
  const begun = Array.from(allSeries(panel), (series) => ({
    series,
    first: firstSale(demandOf(panel, series), origin + 1),
  })).filter(({ first }) => first >= 0);
  const launched = begun.filter(({ first }) => first > 0);
  return (launched.length > 0 ? launched : begun).sort((a, b) => a.first - b.first);
}

/** Launches of the series that share most statics with this one, and a name for that group. */
function alikeLaunches(
  launches: readonly Launch[],
  groupings: readonly { readonly name: string; readonly codes: Int32Array }[],
  series: number,
): [string, readonly Launch[]] {
  for (let shared = groupings.length; shared > 0; shared--) {
    const used = groupings.slice(0, shared);
    const alike = launches.filter((launch) =>
      used.every(({ codes }) => codes[launch.series] === codes[series]),
    );
    if (alike.length >= LAUNCHES_MIN) return [used.map(({ codes }) => codes[series]).join('/'), alike];
  }
  return ['', launches];
}

function firstPeriods(panel: Panel, launches: readonly Launch[], origin: number, h: number): Float32Array {
  const seen: number[] = [];
  for (const { series, first } of launches.slice(-LAUNCHES_MAX)) {
    const demand = demandOf(panel, series);
    for (let t = first; t <= Math.min(origin, first + h - 1); t++)
      if (!Number.isNaN(demand[t])) seen.push(demand[t] as number);
  }
  const row = new Float32Array(HEAD_COUNT);
  if (seen.length === 0) return row;
  seen.sort((a, b) => a - b);
  row[0] = seen.reduce((sum, qty) => sum + qty, 0) / seen.length;
  LEVELS.forEach((level, head) => {
    row[1 + head] = seen[Math.min(seen.length - 1, Math.floor(level * seen.length))] as number;
  });
  return row;
}
