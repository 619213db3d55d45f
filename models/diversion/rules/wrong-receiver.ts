import { isGivenBack } from '../delivery.ts';
import {
  CLOCKS_MS,
  isLine,
  MANUFACTURER,
  timeOf,
  type CodeRule,
  type CodeSignal,
  type Trail,
  type TrailScan,
} from '../trail.ts';

const LIKELIHOOD_RATIO = 200;
/** The dealer that the goods were meant for buys from the receiver, which kept them. */
const SAME_LINE_RATIO = 3;
/** The receiver buys from the dealer that the goods were meant for, which passed them on unscanned: what it is there for. */
const SUPPLIED_RATIO = 1.5;

/**
 * Goods received by another dealer than the last shipment before it names. Where that dealer, too, was named by a
 * shipment within minutes, the order of the two scans is not sure. Who gives them back at once was brought them by mistake.
 */
export const wrongReceiver: CodeRule = {
  kind: 'wrong_receiver',
  judge: (trail) =>
    trail.scans.flatMap((scan): CodeSignal[] => {
      if (scan.biz_step !== 'receiving' || scan.dealer_id === '' || scan.dealer_id === MANUFACTURER)
        return [];
      const { origin_dealer_id, shipped_at } = scan;
      if (origin_dealer_id === '' || shipped_at === null || origin_dealer_id === scan.dealer_id) return [];
      if (scan.is_authorised || isNamedNear(trail, scan.dealer_id, timeOf(scan))) return [];
      if (isGivenBack(trail, scan)) return [];
      const log_odds = Math.log(ratioOf(scan));
      return [{ kind: 'wrong_receiver', scan, origin_dealer_id, p_inside: 0, log_odds }];
    }),
};

function ratioOf(scan: TrailScan): number {
  if (scan.dealer_parent_id === scan.origin_dealer_id) return SUPPLIED_RATIO;
  return isLine(scan) ? SAME_LINE_RATIO : LIKELIHOOD_RATIO;
}

function isNamedNear({ shipments }: Trail, dealer_id: string, at_ms: number): boolean {
  return shipments.some(
    ({ to_dealer_id, at, is_supply }) =>
      is_supply && to_dealer_id === dealer_id && Math.abs(Date.parse(at) - at_ms) <= CLOCKS_MS,
  );
}
