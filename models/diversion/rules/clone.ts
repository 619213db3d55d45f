import { distanceKm } from '../../geo/distance.ts';
import { timeOf, type CodeRule, type CodeSignal, type Trail, type TrailScan } from '../trail.ts';

/** Scans nearer to one another than this are at one place, km. */
const PLACE_KM = 50;
/** A genuine code is seen at home and on at most one journey; each further place is so many times likelier of copies. */
const PLACE_RATIO = 12;
export const PLACES_MIN = 3;
/**
 * A buyer and two friends scan a code; each session beyond is twice as likely of copies. Of one code alone ten sessions make a case; of several
 * codes of a lot, as where labels were copied by the sheet, six each say something.
 */
const SESSIONS_USUAL = 3;
const SESSION_RATIO = 2;
const SESSIONS_MIN = 6;
/** Friends look at a new thing over weeks, buyers of copies each on their own day: sessions that lie so close tell more, nine make a case. */
const SESSIONS_CLOSE_MS = 2 * 86_400_000;
const CLOSE_SESSION_RATIO = 2.5;
/** Sold by two dealers, without having gone back between. */
const SOLD_TWICE_RATIO = 150;

/**
 * One code in more sessions and at more places than one thing can be: copies of it are about. Places count only as far as
 * they were seen in sessions of their own, so that one traveller's scans are one. The signal stands for all the code's scans; it is told by the
 * second sale, or the last consumer.
 */
export const clone: CodeRule = {
  kind: 'clone',
  judge: (trail) => {
    const consumers = trail.scans.filter(({ biz_step }) => biz_step === 'consumer_scan');
    const by_consumers = Math.max(ofPlaces(consumers), ofSessions(consumers));
    const second_sale = secondSale(trail);
    const ratio = Math.max(by_consumers, second_sale === undefined ? 1 : SOLD_TWICE_RATIO);
    const scan = by_consumers >= ratio ? consumers.at(-1) : second_sale;
    if (ratio <= 1 || scan === undefined) return [];
    const origin_dealer_id = originOf(trail);
    if (origin_dealer_id === '') return [];
    const signal: CodeSignal = {
      kind: 'clone',
      scan,
      origin_dealer_id,
      p_inside: 0,
      log_odds: Math.log(ratio),
    };
    return [signal];
  },
};

function ofPlaces(consumers: readonly TrailScan[]): number {
  const places: { readonly at: TrailScan; readonly sessions: Set<string> }[] = [];
  for (const scan of consumers) {
    if (scan.lon === null || scan.lat === null) continue;
    const here = [scan.lon, scan.lat] as const;
    const known = places.find(({ at }) => distanceKm([at.lon ?? 0, at.lat ?? 0], here) < PLACE_KM);
    const session = scan.session_id === '' ? `${scan.source} ${scan.event_id}` : scan.session_id;
    if (known === undefined) places.push({ at: scan, sessions: new Set([session]) });
    else known.sessions.add(session);
  }
  const sessions = new Set(places.flatMap((place) => [...place.sessions]));
  const count = Math.min(places.length, sessions.size);
  return count < PLACES_MIN ? 1 : PLACE_RATIO ** (count - 1);
}

function ofSessions(consumers: readonly TrailScan[]): number {
  const first_of = new Map<string, number>();
  for (const scan of consumers)
    if (scan.session_id !== '' && !first_of.has(scan.session_id)) first_of.set(scan.session_id, timeOf(scan));
  const begun = [...first_of.values()];
  const close = Math.max(0, ...begun.map((at, i) => countWithin(begun, i, at + SESSIONS_CLOSE_MS)));
  return Math.max(ratioOf(begun.length, SESSION_RATIO), ratioOf(close, CLOSE_SESSION_RATIO));
}

/** How many of the times, which do not fall, lie from the one at `from` on and not after `until`. */
function countWithin(times: readonly number[], from: number, until: number): number {
  return times.filter((at, i) => i >= from && at <= until).length;
}

function ratioOf(sessions: number, ratio: number): number {
  return sessions < SESSIONS_MIN ? 1 : ratio ** (sessions - SESSIONS_USUAL);
}

/** The sale by another dealer of what had been sold. */
function secondSale({ level, scans }: Trail): TrailScan | undefined {
  if (level !== 'unit') return undefined;
  let seller = '';
  for (const scan of scans) {
    const { biz_step, dealer_id } = scan;
    if (biz_step === 'returning' || biz_step === 'shipping') seller = '';
    else if (biz_step === 'retail_selling') {
      if (seller !== '' && seller !== dealer_id) return scan;
      seller = dealer_id;
    }
  }
  return undefined;
}

/** Of the first scan that follows a shipment: the dealer that the genuine goods were shipped to. */
function originOf({ scans }: Trail): string {
  return (
    scans.find(({ origin_dealer_id }) => origin_dealer_id !== '')?.origin_dealer_id ??
    scans.find(({ dealer_id }) => dealer_id !== '')?.dealer_id ??
    ''
  );
}
