import { distanceKm } from '../../geo/distance.ts';
import type { Position } from '../../geo/position.ts';
import { timeOf, type CodeRule, type CodeSignal, type Trail, type TrailScan } from '../trail.ts';

/** Faster than any aeroplane that carries goods. */
export const SPEED_KMH = 900;
/** Devices of dealers that are farther apart than a clock explains differ by so much at most, hours: both would have to be set wrong. */
const CLOCK_H = 5 / 60;
/** Telephones take their time from the network: those of two consumers differ by so much at most, hours. */
export const PHONES_H = 2 / 60;
/** Nearer than this a wrong position is likelier than a second code, km. */
const DISTANCE_KM_MIN = 150;
/** A dealer's scan without a position was made somewhere around its address. */
const DEALER_RADIUS_KM = 40;
const LIKELIHOOD_RATIO = 300;

/**
 * One code at two places that lie too far apart for the time between: more than 900 km/h after the radii of both positions
 * and the error of clocks. Two things bear one code. The scan that tells of it is that outside the territory, else the later. Goods that
 * are received by whom they were just sent to went the way that they should: then it was a clock that went wrong.
 */
export const impossibleTravel: CodeRule = {
  kind: 'impossible_travel',
  judge: ({ scans, shipments }) => {
    const placed = scans.filter(
      ({ lon, lat, biz_step }) => lon !== null && lat !== null && biz_step !== 'packing',
    );
    return placed.flatMap((scan, i): CodeSignal[] => {
      const before = placed[i - 1];
      if (before === undefined || !isImpossible(before, scan) || isDelivery(shipments, before, scan))
        return [];
      const told = before.is_outside && !scan.is_outside ? before : scan;
      const origin_dealer_id =
        told.origin_dealer_id || scan.origin_dealer_id || scan.dealer_id || before.dealer_id;
      if (origin_dealer_id === '') return [];
      return [
        {
          kind: 'impossible_travel',
          scan: told,
          origin_dealer_id,
          p_inside: 0,
          log_odds: Math.log(LIKELIHOOD_RATIO),
        },
      ];
    });
  },
};

function isImpossible(a: TrailScan, b: TrailScan): boolean {
  const apart_km = distanceKm(positionOf(a), positionOf(b)) - radiusKm(a) - radiusKm(b);
  const clock_h = isPhone(a) && isPhone(b) ? PHONES_H : CLOCK_H;
  const hours = Math.abs(timeOf(b) - timeOf(a)) / 3_600_000 + clock_h;
  return apart_km > DISTANCE_KM_MIN && apart_km / hours > SPEED_KMH;
}

function isPhone({ biz_step, dealer_id }: TrailScan): boolean {
  return biz_step === 'consumer_scan' && dealer_id === '';
}

/** Whichever of the two clocks goes ahead. What else than received is no clock's doing: goods are sold days after they were sent. */
function isDelivery(shipments: Trail['shipments'], one: TrailScan, other: TrailScan): boolean {
  const isFrom = (shipping: TrailScan, receipt: TrailScan): boolean =>
    shipping.biz_step === 'shipping' &&
    receipt.biz_step === 'receiving' &&
    shipments.some(
      ({ at, to_dealer_id }) =>
        to_dealer_id === receipt.dealer_id && Date.parse(at) === Date.parse(shipping.event_time),
    );
  return isFrom(one, other) || isFrom(other, one);
}

function positionOf({ lon, lat }: TrailScan): Position {
  return [lon ?? 0, lat ?? 0];
}

function radiusKm({ has_position, radius_m }: TrailScan): number {
  return has_position ? radius_m / 1000 : DEALER_RADIUS_KM;
}
