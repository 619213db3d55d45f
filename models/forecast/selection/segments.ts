import { HEAD_COUNT, type Forecast } from '../forecaster.ts';
import { demandOf, firstSale, type Panel } from '../panel.ts';
import {
  calibrateRow,
  CALIBRATION_POINTS_MIN,
  heldOut,
  horizonPart,
  learnCalibration,
  NO_CALIBRATION,
  softened,
  type Calibration,
} from './calibration.ts';
import { DEMAND_CLASSES, demandClass } from './demand-class.ts';

/** Class of each series of a panel by its demand up to `origin`, as an index into DEMAND_CLASSES. */
export type Segments = Uint8Array;

export function segmentsAt(panel: Panel, origin: number): Segments {
  return Uint8Array.from({ length: panel.series_count }, (_, series) => {
    const demand = demandOf(panel, series);
    const first = firstSale(demand, origin + 1);
    const history = demand.subarray(first < 0 ? origin + 1 : first, origin + 1);
    return DEMAND_CLASSES.indexOf(demandClass(history));
  });
}

/** Calibrations of one model by class and part of the horizon. */
export type Calibrations = (segment: number, step: number) => Calibration;

/** Learns on held-out forecasts; a class or part with too few points takes what is learned from more: all parts, all classes. */
export function learnCalibrations(
  panel: Panel,
  forecasts: readonly Forecast[],
  segments: Segments,
  { h, learns_quantiles }: { readonly h: number; readonly learns_quantiles: boolean },
): Calibrations {
  const memo = new Map<string, Calibration>();
  const learned = (segment: number | null, part: number | null): Calibration | null => {
    const key = `${segment ?? '*'}/${part ?? '*'}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const points = heldOut(panel, forecasts, {
      series: (series) => segment === null || segments[series] === segment,
      step: (step) => part === null || horizonPart(step, h) === part,
    });
    if (points.points < CALIBRATION_POINTS_MIN) return null;
    const full = learnCalibration(points);
    const calibration = learns_quantiles ? softened(full) : full;
    memo.set(key, calibration);
    return calibration;
  };
  const choose = (segment: number, part: number): Calibration =>
    learned(segment, part) ??
    learned(segment, null) ??
    learned(null, part) ??
    learned(null, null) ??
    NO_CALIBRATION;
  const table = DEMAND_CLASSES.map((_, segment) =>
    Array.from({ length: horizonPart(h, h) + 1 }, (_, part) => choose(segment, part)),
  );
  return (segment, step) => table[segment]?.[horizonPart(step, h)] ?? NO_CALIBRATION;
}

/** Puts all rows of a forecast right, in place. */
export function calibrate(forecast: Forecast, segments: Segments, calibrations: Calibrations): void {
  const { h, series, values } = forecast;
  series.forEach((one, index) => {
    for (let step = 1; step <= h; step++)
      calibrateRow(values, (index * h + step - 1) * HEAD_COUNT, calibrations(segments[one] as number, step));
  });
}
