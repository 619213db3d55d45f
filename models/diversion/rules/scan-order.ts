import {
  DEALER_STEPS,
  LATE_MS,
  MANUFACTURER,
  timeOf,
  type CodeRule,
  type CodeSignal,
  type Held,
  type Trail,
  type TrailScan,
} from '../trail.ts';

const HOUR_MS = 3_600_000;
/** Clocks and the order of work at a warehouse door: so much earlier than the shipment says nothing, ms. */
const LEAD_MS_MIN = HOUR_MS;
/** No shipment told at all: so long it may still come. */
const HOLD_UNSHIPPED_MS = 72 * HOUR_MS;
/** A second reading of one sale, ms. */
const SECOND_READING_MS = HOUR_MS;

const RATIO = {
  before: 250,
  unshipped: 40,
  after_elsewhere: 200,
  after_reshipped: 60,
  after_same: 4,
} as const;

/**
 * A code seen at a dealer or a consumer before anything says that it was shipped, or at a dealer after it was sold. Both are
 * held until the watermark has passed the scan by 6 h (72 h where no shipment is known at all): late data explain most of
 * it, and withdraw it later too, for a code is judged anew with each of its scans.
 */
export const scanOrder: CodeRule = {
  kind: 'scan_order',
  judge: (trail, watermark_ms) => [...beforeShipment(trail, watermark_ms), ...afterSale(trail, watermark_ms)],
};

function beforeShipment(trail: Trail, watermark_ms: number): (CodeSignal | Held)[] {
  const first = trail.scans.find(
    ({ biz_step, dealer_id }) =>
      dealer_id !== MANUFACTURER && (DEALER_STEPS.has(biz_step) || biz_step === 'consumer_scan'),
  );
  if (first === undefined || first.origin_dealer_id !== '') return [];
  const [shipment] = trail.shipments;
  const at_ms = timeOf(first);
  if (shipment === undefined) return unshipped(trail, first, watermark_ms);
  if (Date.parse(shipment.at) - at_ms < LEAD_MS_MIN) return [];
  if (watermark_ms < at_ms + LATE_MS) return [{ due_ms: at_ms + LATE_MS }];
  return [signalOf(first, shipment.to_dealer_id, RATIO.before)];
}

/** Nothing of the code was ever shipped: only of one whose packing was told, else nothing of it can be expected. */
function unshipped(trail: Trail, first: TrailScan, watermark_ms: number): (CodeSignal | Held)[] {
  const packed = trail.scans.find(({ biz_step }) => biz_step === 'packing' || biz_step === 'commissioning');
  if (packed === undefined || packed.event_time > first.event_time) return [];
  const due_ms = timeOf(first) + HOLD_UNSHIPPED_MS;
  if (watermark_ms < due_ms) return [{ due_ms }];
  const origin_dealer_id = first.dealer_id || packed.dealer_id;
  if (origin_dealer_id === '' || origin_dealer_id === packed.dealer_id) return [];
  return [signalOf(first, origin_dealer_id, RATIO.unshipped)];
}

function afterSale({ level, scans }: Trail, watermark_ms: number): (CodeSignal | Held)[] {
  if (level !== 'unit') return [];
  const signals: (CodeSignal | Held)[] = [];
  let sale: TrailScan | null = null;
  let is_reshipped = false;
  for (const scan of scans) {
    if (isLook(scan)) continue;
    if (sale !== null && isShippedAgain(scan)) is_reshipped = true;
    else if (scan.biz_step === 'returning' || scan.dealer_id === MANUFACTURER) sale = null;
    else if (sale !== null && (DEALER_STEPS.has(scan.biz_step) || scan.biz_step === 'shipping')) {
      const is_same = scan.dealer_id === sale.dealer_id;
      if (is_same && timeOf(scan) - timeOf(sale) < SECOND_READING_MS) continue;
      const origin = sale.origin_dealer_id || sale.dealer_id;
      const due_ms = timeOf(scan) + LATE_MS;
      if (watermark_ms < due_ms) signals.push({ due_ms });
      else signals.push(signalOf(scan, origin, ratioAfterSale(is_same, is_reshipped)));
    } else if (sale === null && scan.biz_step === 'retail_selling') [sale, is_reshipped] = [scan, false];
  }
  return signals;
}

/** A return may not have been scanned: one unit that was sold and left the manufacturer once more is no case, two are. */
function ratioAfterSale(is_same: boolean, is_reshipped: boolean): number {
  if (is_reshipped) return RATIO.after_reshipped;
  return is_same ? RATIO.after_same : RATIO.after_elsewhere;
}

/** What the manufacturer ships it has, but nothing says that it ever came back. */
function isShippedAgain({ dealer_id, biz_step }: TrailScan): boolean {
  return dealer_id === MANUFACTURER && biz_step === 'shipping';
}

/** The manufacturer's inspector has nothing back, and takes nothing. */
function isLook({ biz_step, dealer_id }: TrailScan): boolean {
  return dealer_id === MANUFACTURER && biz_step === 'inspecting';
}

function signalOf(scan: TrailScan, origin_dealer_id: string, ratio: number): CodeSignal {
  return { kind: 'scan_order', scan, origin_dealer_id, p_inside: 0, log_odds: Math.log(ratio) };
}
