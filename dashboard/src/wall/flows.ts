import { provinceOf } from '../../../models/geo/adcode.ts';
import type { LiveRow } from '../../../models/contract/live.ts';
import type { AlertSeverity } from '../../../models/contract/alert.ts';

export type MapRow = LiveRow<'map'>;

/** Diversion between two provinces: rows of finer places are summed into them. */
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

/** The map's two layers at the level of provinces. */
export interface MapLayers {
  /** Province → units of the last 24 h. */
  readonly activity: ReadonlyMap<string, number>;
  /** Graver first, then more cases. */
  readonly flows: readonly Flow[];
}

const SEVERITY_ORDER: Readonly<Record<AlertSeverity, number>> = { critical: 0, warning: 1, info: 2 };

export function mapLayers(rows: Iterable<MapRow>): MapLayers {
  const activity = new Map<string, number>();
  const flows = new Map<string, Flow>();
  for (const row of rows) {
    if (row.kind === 'region') {
      const province = provinceOf(row.adcode);
      activity.set(province, (activity.get(province) ?? 0) + row.value);
      continue;
    }
    const from = provinceOf(row.from_adcode);
    const to = provinceOf(row.to_adcode);
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
