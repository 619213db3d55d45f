import { DAY_MS } from '../../calendar/day.ts';
import {
  CLOCKS_MS,
  DEALER_STEPS,
  LATE_MS,
  MANUFACTURER,
  timeOf,
  type BoxScan,
  type CodeSignal,
  type Held,
  type Trail,
  type TrailScan,
} from '../trail.ts';

/** One unit alone may have been packed into another case than was told; two say what one does not. */
const RATIO = 60;
/** What a dealer receives of a case that its own supplier has opened, passed on unscanned: what the supplier is there for. */
const SUPPLIED_RATIO = 1.5;
/** A case is shipped in the books before it leaves: so long its shipper may still take from it, ms. */
const BOOKED_EARLY_MS = DAY_MS;

/**
 * What is at one dealer while the case that it is in stands closed at another: that dealer had the case before, and has it again afterwards,
 * as if nothing had been taken out. A dealer that opens a case counts its label on, so what it sells itself says nothing; nor do units
 * that it has scanned one by one. Held until what could explain it has come: an unpacking or a shipment that is late.
 */
export function takenOut(trail: Trail, watermark_ms: number): (CodeSignal | Held)[] {
  for (const scan of trail.scans) {
    const closed = DEALER_STEPS.has(scan.biz_step) ? closedAgain(trail, scan) : null;
    if (closed === null) continue;
    const due_ms = Date.parse(closed.at) + LATE_MS;
    if (watermark_ms < due_ms) return [{ due_ms }];
    const is_supplied = scan.biz_step === 'receiving' && scan.dealer_parent_id === closed.dealer_id;
    const log_odds = Math.log(is_supplied ? SUPPLIED_RATIO : RATIO);
    const { origin_dealer_id } = scan;
    return [{ kind: 'broken_aggregation', scan, origin_dealer_id, p_inside: 0, log_odds }];
  }
  return [];
}

/** The scan of the case, by the dealer that had it all the while, after another dealer scanned what is in it; null = none. */
function closedAgain(trail: Trail, scan: TrailScan): BoxScan | null {
  const { dealer_id, origin_dealer_id } = scan;
  if (dealer_id === '' || dealer_id === MANUFACTURER || dealer_id === origin_dealer_id) return null;
  if (origin_dealer_id === '' || scan.is_authorised) return null;
  const at_ms = timeOf(scan);
  const packed = trail.scans.findLast((one) => one.parent_code !== '' && timeOf(one) < at_ms);
  if (packed === undefined || packed.biz_step === 'unpacking' || scan.parent_code === packed.parent_code)
    return null;
  const box = trail.box_scans.filter(
    ({ container, at }) => container === packed.parent_code && at > packed.event_time,
  );
  if (box.some(({ biz_step, at }) => isOpening(biz_step) && Date.parse(at) <= at_ms + CLOCKS_MS)) return null;
  const before = box.findLast(({ at }) => Date.parse(at) <= at_ms - CLOCKS_MS);
  const after = box.find(({ at }) => Date.parse(at) > at_ms - CLOCKS_MS);
  if (before === undefined || after === undefined) return null;
  const holder = before.biz_step === 'shipping' ? before.to_dealer_id : before.dealer_id;
  if (holder === '' || holder === dealer_id || after.dealer_id !== holder || isOpening(after.biz_step))
    return null;
  // A case that is sent to whoever sold from it was there before it was booked out.
  if (Date.parse(after.at) <= at_ms + CLOCKS_MS || after.to_dealer_id === dealer_id) return null;
  const is_shipper = before.biz_step === 'shipping' && before.dealer_id === dealer_id;
  if (is_shipper && at_ms < Date.parse(before.at) + BOOKED_EARLY_MS) return null;
  return isLoose(trail, packed, scan, { before, after, holder }) ? null : after;
}

function isOpening(biz_step: BoxScan['biz_step']): boolean {
  return biz_step === 'unpacking' || biz_step === 'returning';
}

/** Whether what was packed was told to be on its own before the scan, or to be put back before the case was seen again. */
function isLoose(
  { scans }: Trail,
  packed: TrailScan,
  scan: TrailScan,
  { before, after, holder }: { before: BoxScan; after: BoxScan; holder: string },
): boolean {
  return scans.slice(scans.indexOf(packed) + 1).some(({ biz_step, dealer_id, event_time }) => {
    if (event_time > scan.event_time)
      return event_time < after.at && (biz_step === 'returning' || biz_step === 'packing');
    if (biz_step === 'shipping') return event_time > before.at;
    return dealer_id === holder || isOpening(biz_step);
  });
}
