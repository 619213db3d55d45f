import { DAY_MS } from '../calendar/day.ts';
import { DEALER_STEPS, MANUFACTURER, timeOf, type Trail, type TrailScan } from './trail.ts';

/** Who was brought goods by mistake gives them back within so long, ms: what is returned later had been taken. */
const GIVEN_BACK_MS = 2 * DAY_MS;

/**
 * Whether the manufacturer, or a carrier that reads for it, read goods on their way: the dealer that they were shipped to had not had them
 * yet, and received them afterwards.
 */
export function isOnTheWay(trail: Trail, scan: TrailScan): boolean {
  const { origin_dealer_id, shipped_at } = scan;
  if (scan.dealer_id !== MANUFACTURER || origin_dealer_id === '' || shipped_at === null) return false;
  const next_shipped = trail.shipments.find(({ at }) => at > scan.event_time)?.at;
  const of_origin = [
    ...trail.scans.map(({ dealer_id, biz_step, event_time }) => ({ dealer_id, biz_step, at: event_time })),
    ...trail.box_scans,
  ].filter(
    ({ dealer_id, biz_step, at }) =>
      dealer_id === origin_dealer_id &&
      DEALER_STEPS.has(biz_step) &&
      at > shipped_at &&
      (next_shipped === undefined || at < next_shipped),
  );
  return (
    of_origin.every(({ at }) => at > scan.event_time) &&
    of_origin.some(({ biz_step }) => biz_step === 'receiving')
  );
}

/**
 * Whether a dealer had goods for a day or two by a carrier's mistake: it returned them, and the manufacturer, or the dealer that they were shipped
 * to, has had them since. Its word alone that it returned them is not enough.
 */
export function isGivenBack({ scans }: Trail, scan: TrailScan): boolean {
  const { dealer_id, origin_dealer_id } = scan;
  if (dealer_id === '' || dealer_id === origin_dealer_id) return false;
  const returned = scans.find(
    (one) => one.dealer_id === dealer_id && one.biz_step === 'returning' && one.event_time >= scan.event_time,
  );
  if (returned === undefined || timeOf(returned) - timeOf(scan) > GIVEN_BACK_MS) return false;
  const later = scans.filter(({ event_time }) => event_time > returned.event_time);
  const [next] = later.filter((one) => one.dealer_id !== '');
  return next !== undefined && (next.dealer_id === MANUFACTURER || next.dealer_id === origin_dealer_id);
}
