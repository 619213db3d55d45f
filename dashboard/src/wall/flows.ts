import { prefectureOf, provinceOf } from '../../../models/geo/adcode.ts';
import type { LiveRow } from '../../../models/contract/live.ts';
import type { AlertSeverity } from '../../../models/contract/alert.ts';

export type MapRow = LiveRow<'map'>;

/** Diversion between two regions: rows of finer places are summed into them. */
export interface Flow {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly cases: number;
  readonly units: number;
  readonly severity: AlertSeverity;
}

/** More arcs than this hide the map; the rest is told as a sum. */
export const FLOWS_DRAWN_MAX = 12;

/** The map's two layers at one level. */
export interface MapLayers {
  /** Region → units of the last 24 h. */
  readonly activity: ReadonlyMap<string, number>;
  /** Graver first, then more cases. */
  readonly flows: readonly Flow[];
}

const SEVERITY_ORDER: Readonly<Record<AlertSeverity, number>> = { critical: 0, warning: 1, info: 2 };

/** By provinces. */
export function mapLayers(rows: Iterable<MapRow>): MapLayers {
  return layersBy(rows, provinceOf);
}

/** By the prefectures of one province; flows that cross its border have a province at their other end. */
export function layersWithin(rows: Iterable<MapRow>, province: string): MapLayers {
  const isInside = (adcode: string): boolean => provinceOf(adcode) === province;
  const { activity, flows } = layersBy(rows, (adcode) =>
    isInside(adcode) ? (prefectureOf(adcode) ?? province) : provinceOf(adcode),
  );
  return {
    activity: new Map([...activity].filter(([adcode]) => isInside(adcode))),
    flows: flows.filter(({ from, to }) => isInside(from) || isInside(to)),
  };
}

function layersBy(rows: Iterable<MapRow>, placeOf: (adcode: string) => string): MapLayers {
  const activity = new Map<string, number>();
  const flows = new Map<string, Flow>();
  for (const row of rows) {
    if (row.kind === 'region') {
      const place = placeOf(row.adcode);
      activity.set(place, (activity.get(place) ?? 0) + row.value);
      continue;
    }
    const from = placeOf(row.from_adcode);
    const to = placeOf(row.to_adcode);
    const key = `${from}:${to}`;
    const known = flows.get(key);
    flows.set(key, {
      key,
      from,
      to,
      cases: (known?.cases ?? 0) + row.cases,
      units: (known?.units ?? 0) + row.units,
      severity: known === undefined ? row.severity : graver(known.severity, row.severity),
    });
  }
  const ordered = [...flows.values()].sort(
    (a, b) =>
      SEVERITY_ORDER[a.severity] - SEVERITY_ORDER[b.severity] ||
      b.cases - a.cases ||
      a.key.localeCompare(b.key),
  );
  return { activity, flows: ordered };
}

function graver(a: AlertSeverity, b: AlertSeverity): AlertSeverity {
  return SEVERITY_ORDER[a] <= SEVERITY_ORDER[b] ? a : b;
}
