import { groupingStatics } from './features/group-totals.ts';
import { allSeries, HEAD_COUNT, LEVELS, type Forecast, type ForecastRequest } from './forecaster.ts';
import { demandOf, firstSale, type Panel, type StaticCategory } from './panel.ts';

/** Launches that a group has to have seen before it speaks for itself. */
const LAUNCHES_MIN = 5;
/** Launches that are looked at in each group at most, the latest. */
const LAUNCHES_MAX = 500;

/** Whose launches are like that of a dealer and product, the likest first: of the product itself, else of its category. */
const LIKENESSES: readonly (readonly string[])[] = [
  ['sku', 'territory'],
  ['sku'],
  ['category', 'territory'],
  ['category'],
  ['territory'],
];

export interface ColdStartRequest extends ForecastRequest {
  /**
   * Chance that a series begins within the horizon, given the mean units a period of those that did. Default: 1, it is known to begin.
   */
  readonly chance?: (series: number, mean: number) => number;
}

/**
 * Forecasts series without any demand yet: as the first h periods of the series that were launched before the origin went (mean and
 * quantiles over launches and periods), of those most alike of which there were enough, else of all. Alike are series of the
 * same product, category and territory, where the panel names them, else of the same statics. A series that was already selling
 * at the panel's first period is no launch, unless there is no other. One that may not begin is a mixture with nothing.
 */
export function coldStart(panel: Panel, request: ColdStartRequest): Forecast {
  const { origin, h, chance = () => 1 } = request;
  const series = request.series ?? allSeries(panel);
  const alike = new AlikeLaunches(panel, origin);
  const memo = new Map<string, Float64Array>();
  const values = new Float32Array(series.length * h * HEAD_COUNT);
  series.forEach((one, index) => {
    const [key, launches] = alike.of(one);
    let seen = memo.get(key);
    if (seen === undefined) memo.set(key, (seen = firstPeriods(panel, launches, origin, h)));
    const mean = seen.length === 0 ? 0 : seen.reduce((sum, qty) => sum + qty, 0) / seen.length;
    const row = mixtureRow(seen, mean, Math.max(0, Math.min(1, chance(one, mean))));
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

/** The launches of a panel by each likeness. */
class AlikeLaunches {
  readonly #all: readonly Launch[];
  readonly #groups: readonly {
    readonly keyOf: (series: number) => string;
    readonly by_key: ReadonlyMap<string, readonly Launch[]>;
  }[];

  constructor(panel: Panel, origin: number) {
    this.#all = launchesBefore(panel, origin);
    this.#groups = likenesses(panel).map((statics, at) => {
      const keyOf = (series: number): string => [at, ...statics.map(({ codes }) => codes[series])].join('/');
      const by_key = new Map<string, Launch[]>();
      for (const launch of this.#all) {
        const key = keyOf(launch.series);
        const group = by_key.get(key);
        if (group === undefined) by_key.set(key, [launch]);
        else group.push(launch);
      }
      return { keyOf, by_key };
    });
  }

  /** The most alike, and a name for that group. */
  of(series: number): [string, readonly Launch[]] {
    for (const { keyOf, by_key } of this.#groups) {
      const key = keyOf(series);
      const launches = by_key.get(key) ?? [];
      if (launches.length >= LAUNCHES_MIN) return [key, launches];
    }
    return ['', this.#all];
  }
}

/** Groups of statics of which launches share all codes, the narrowest first. */
function likenesses(panel: Panel): (readonly StaticCategory[])[] {
  const by_name = new Map(panel.statics.map((column) => [column.name, column]));
  const named = LIKENESSES.map((names) => names.flatMap((name) => by_name.get(name) ?? []));
  if (by_name.has('sku') && by_name.has('category'))
    return named.filter((statics, at) => statics.length === LIKENESSES[at]?.length);
  const grouping = groupingStatics(panel);
  return grouping.map((_, at) => grouping.slice(0, grouping.length - at));
}

/** What launches sold in their first h periods, ascending. */
function firstPeriods(panel: Panel, launches: readonly Launch[], origin: number, h: number): Float64Array {
  const seen: number[] = [];
  for (const { series, first } of launches.slice(-LAUNCHES_MAX)) {
    const demand = demandOf(panel, series);
    for (let t = first; t <= Math.min(origin, first + h - 1); t++)
      if (!Number.isNaN(demand[t])) seen.push(demand[t] as number);
  }
  return Float64Array.from(seen).sort();
}

/** Of what is drawn from `seen` with a chance, and else nothing. */
function mixtureRow(seen: Float64Array, mean: number, chance: number): Float32Array {
  const row = new Float32Array(HEAD_COUNT);
  if (seen.length === 0 || chance === 0) return row;
  row[0] = chance * mean;
  LEVELS.forEach((level, head) => {
    const within = (level - (1 - chance)) / chance;
    if (within < 0) return;
    row[1 + head] = seen[Math.min(seen.length - 1, Math.floor(within * seen.length))] as number;
  });
  return row;
}
