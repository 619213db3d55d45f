import {
  CLOCKS_MS,
  MANUFACTURER,
  timeOf,
  type CodeRule,
  type CodeSignal,
  type Trail,
  type TrailScan,
} from '../trail.ts';
import { takenOut } from './taken-out.ts';

const RATIO = { other_parent: 200, repacked_unshipped: 2, shipped_after_sale: 150 } as const;

/**
 * What is in what no longer holds together: a code named in a second container, or taken out of one, while neither it was unpacked from
 * the first nor the first as a whole; a container that is shipped on, as if whole, after one of its units was sold; or one that stands
 * closed at one dealer while another has what is in it. A packing line that corrects itself before anything was shipped says little;
 * a dealer that builds pallets anew of cases that it was supplied says nothing: few scan those out that they came on.
 */
export const brokenAggregation: CodeRule = {
  kind: 'broken_aggregation',
  judge: (trail, watermark_ms) => [
    ...secondParent(trail),
    ...shippedAfterSale(trail),
    ...takenOut(trail, watermark_ms),
  ],
};

function secondParent(trail: Trail): CodeSignal[] {
  let parent = '';
  for (const scan of trail.scans) {
    // What comes back may come in any box.
    if (scan.biz_step === 'returning') {
      parent = '';
      continue;
    }
    const is_unpacked = scan.biz_step === 'unpacking';
    if (scan.parent_code === '' || scan.parent_code === parent) {
      if (is_unpacked) parent = '';
      continue;
    }
    const former = parent;
    const is_loose = trail.box_scans.some(
      ({ at, container, biz_step }) =>
        biz_step === 'unpacking' && container === former && Date.parse(at) <= timeOf(scan) + CLOCKS_MS,
    );
    if (former !== '' && !is_loose && !isPalletAnew(trail, scan)) {
      const is_correction = scan.biz_step === 'packing' && scan.origin_dealer_id === '';
      return [signalOf(trail, scan, is_correction ? RATIO.repacked_unshipped : RATIO.other_parent)];
    }
    parent = is_unpacked ? '' : scan.parent_code;
  }
  return [];
}

function isPalletAnew({ level }: Trail, { biz_step, dealer_id, origin_dealer_id }: TrailScan): boolean {
  return level === 'case' && biz_step === 'packing' && dealer_id !== '' && dealer_id === origin_dealer_id;
}

function shippedAfterSale(trail: Trail): CodeSignal[] {
  if (trail.level !== 'unit' || trail.scans.some(({ biz_step }) => biz_step === 'unpacking')) return [];
  const sale = trail.scans.find(({ biz_step }) => biz_step === 'retail_selling');
  if (sale === undefined || sale.origin_dealer_id === '') return [];
  const until = trail.scans.find((scan) => scan.event_time > sale.event_time && isFreed(scan))?.event_time;
  const later = trail.shipments.find(
    ({ at, is_container }) => is_container && at > sale.event_time && (until === undefined || at < until),
  );
  return later === undefined ? [] : [signalOf(trail, sale, RATIO.shipped_after_sale)];
}

/** Goods that come back, and are packed anew, are in another container from then on. */
function isFreed({ biz_step, parent_code }: TrailScan): boolean {
  return biz_step === 'returning' || (biz_step === 'packing' && parent_code !== '');
}

function signalOf(trail: Trail, scan: TrailScan, ratio: number): CodeSignal {
  const origin_dealer_id =
    scan.origin_dealer_id || trail.shipments[0]?.to_dealer_id || scan.dealer_id || MANUFACTURER;
  return { kind: 'broken_aggregation', scan, origin_dealer_id, p_inside: 0, log_odds: Math.log(ratio) };
}
