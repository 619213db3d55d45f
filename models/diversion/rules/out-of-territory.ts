import type { BizStep } from '../../contract/events/scan.ts';
import { isGivenBack, isOnTheWay } from '../delivery.ts';
import { scanRegion } from '../regions.ts';
import { MANUFACTURER, type CodeRule, type CodeSignal, type Trail, type TrailScan } from '../trail.ts';

/**
 * How many times likelier a scan outside the territory is when the goods were diverted than when they were not, by who
 * scanned. Another dealer's receipt or sale has hardly an innocent explanation; a consumer travels and gives presents.
 */
const LIKELIHOOD_RATIO: Readonly<Partial<Record<BizStep, number>>> = {
  receiving: 200,
  stock_taking: 150,
  inspecting: 200,
  retail_selling: 150,
  // Whoever opens a case has it.
  unpacking: 150,
  consumer_scan: 4,
};
/** The dealer's own device, seen outside: a delivery round, or a device that moved. */
const OWN_DEVICE_RATIO = 20;
/** A dealer that buys from the origin, or that the origin buys from, has goods that were not scanned on. */
const SAME_LINE_RATIO = 5;

/** A disc is judged by 16 points: half a point is given to either side, so that no place is ever certain. */
const DISC_POINTS = 16;
/**
 * At the border a scan says next to nothing of who sold the goods: trade over a border is everyday. That fades as a whole city lies between:
 * 0.94 at 3 km, 0.89 at 5, half at 10, 0.16 at 15, 0.06 at 20.
 */
const P_AT_BORDER = 0.95;
const HALF_KM = 10;
const STEEPNESS = 4;
/** All that is in no prefecture and no territory is one region, in which consumers meet that were in different places: each counts half. */
const P_ABROAD = 0.5;

/**
 * A code scanned outside the territory that it was shipped for. With P the probability that the scan was inside after
 * all, the likelihood ratio is P + (1 − P)·LR: a position that may as well be inside says nothing. The border has hysteresis
 * for those who are not at home anywhere: a consumer, or the dealer itself, must be well beyond it, by the whole of the position's
 * radius. Goods on their way, and those that were given back at once, are where they are by the carrier's doing.
 */
export const outOfTerritory: CodeRule = {
  kind: 'out_of_territory',
  judge: (trail) => trail.scans.flatMap((scan) => signalOf(trail, scan)),
};

function signalOf(trail: Trail, scan: TrailScan): CodeSignal[] {
  const ratio = ratioOf(scan);
  if (!scan.is_outside || scan.is_authorised || ratio === null || isAfterReturn(trail, scan)) return [];
  if (isOnTheWay(trail, scan) || isGivenBack(trail, scan)) return [];
  const by_accuracy = (scan.share_inside * DISC_POINTS + 0.5) / (DISC_POINTS + 1);
  const p_inside = Math.max(by_accuracy, pOfBorder(scan), isConsumerAbroad(scan) ? P_ABROAD : 0);
  const log_odds = Math.log(p_inside + (1 - p_inside) * ratio);
  return [{ kind: 'out_of_territory', scan, origin_dealer_id: scan.origin_dealer_id, p_inside, log_odds }];
}

function pOfBorder({ beyond_km, radius_m }: TrailScan): number {
  if (beyond_km === null) return 0;
  const surely_km = Math.max(0, beyond_km - radius_m / 1_000);
  return P_AT_BORDER / (1 + (surely_km / HALF_KM) ** STEEPNESS);
}

function isConsumerAbroad(scan: TrailScan): boolean {
  return scan.dealer_id === '' && scanRegion(scan) === '';
}

function ratioOf(scan: TrailScan): number | null {
  const ratio = LIKELIHOOD_RATIO[scan.biz_step] ?? null;
  if (ratio === null || scan.origin_dealer_id === '') return null;
  // Its warehouse takes goods back and counts them; where its inspector stands is told by the scan alone.
  if (scan.dealer_id === MANUFACTURER)
    return scan.biz_step === 'inspecting' && scan.has_position ? ratio : null;
  if (scan.dealer_id === '') return ratio;
  if (scan.dealer_id === scan.origin_dealer_id) return Math.min(ratio, OWN_DEVICE_RATIO);
  const is_line = scan.dealer_parent_id === scan.origin_dealer_id || scan.origin_parent_id === scan.dealer_id;
  return is_line ? SAME_LINE_RATIO : ratio;
}

/** Goods that went back since their shipment are nobody's until they are shipped again. */
function isAfterReturn(trail: Trail, scan: TrailScan): boolean {
  const { shipped_at } = scan;
  return trail.scans.some(
    ({ biz_step, event_time }) =>
      biz_step === 'returning' &&
      event_time < scan.event_time &&
      (shipped_at === null || event_time > shipped_at),
  );
}
