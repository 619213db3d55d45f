import { DAY_MS } from '../../calendar/day.ts';
import { distanceKm } from '../../geo/distance.ts';
import { timeOf, type CodeRule, type CodeSignal, type Trail, type TrailScan } from '../trail.ts';

/** Scans nearer to one another than this are at one place, km. */
const PLACE_KM = 50;
/** A genuine code is seen at home and on at most one journey; each further place is so many times likelier of copies. */
const PLACE_RATIO = 12;
export const PLACES_MIN = 3;
/** Away and home again; who sees it go on between places sees more than one. */
const MOVES_USUAL = 2;
/** Within a town it is seen where it is bought, at home and with a friend: spots farther apart than this, beyond both radii. */
const SPOT_KM = 1;
const SPOTS_USUAL = 3;
const SPOT_RATIO = 5;
/**
 * A buyer and two friends scan a code; each session beyond is twice as likely of copies. Of one code alone ten sessions make a case; of several
 * codes of a lot, as where labels were copied by the sheet, six each say something.
 */
const SESSIONS_USUAL = 3;
const SESSION_RATIO = 2;
const SESSIONS_MIN = 6;
/** Friends look at a new thing over weeks, buyers of copies each on their own day: sessions that lie so close tell more, nine make a case. */
const SESSIONS_CLOSE_MS = 2 * DAY_MS;
const CLOSE_SESSION_RATIO = 2.5;
/** Sold by two dealers, without having gone back between. */
const SOLD_TWICE_RATIO = 150;

/**
 * One code in more sessions and at more places than one thing can be: copies of it are about. Places, and spots of a town, count only as far as
 * they were seen in sessions of their own, so that one traveller's scans are one. The signal stands for all the code's scans; it is told by the
 * second sale, or the last consumer.
 */
export const clone: CodeRule = {
  kind: 'clone',
  judge: (trail) => {
    const consumers = trail.scans.filter(({ biz_step }) => biz_step === 'consumer_scan');
    const seen = seenAt(consumers);
    const by_consumers = Math.max(ofPlaces(seen), ofSpots(seen), ofSessions(consumers));
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

/** Sessions at places far from one another. */
function ofPlaces(seen: readonly SeenAt[]): number {
  const { count, moves } = groundsOf(seen, () => PLACE_KM);
  const by_places = count < PLACES_MIN ? 1 : PLACE_RATIO ** (count - 1);
  return Math.max(by_places, PLACE_RATIO ** Math.max(0, moves - MOVES_USUAL));
}

/** Sessions all over one town. */
function ofSpots(seen: readonly SeenAt[]): number {
  const { count } = groundsOf(seen, (a, b) => SPOT_KM + (a.radius_m + b.radius_m) / 1000);
  return SPOT_RATIO ** Math.max(0, count - SPOTS_USUAL);
}

/** A consumer's scan with a position. */
interface SeenAt {
  readonly at: readonly [number, number];
  readonly radius_m: number;
  /** Who looked: a scan that names no session is one of its own. */
  readonly session: string;
}

function seenAt(consumers: readonly TrailScan[]): SeenAt[] {
  return consumers.flatMap(({ lon, lat, radius_m, session_id, source, event_id }) =>
    lon === null || lat === null
      ? []
      : [
          {
            at: [lon, lat] as const,
            radius_m,
            session: session_id === '' ? `${source} ${event_id}` : session_id,
          },
        ],
  );
}

/** How many grounds, farther apart than `apart_km`, were seen in sessions of their own, and how often another session was on another one than the last. */
function groundsOf(
  seen: readonly SeenAt[],
  apart_km: (a: SeenAt, b: SeenAt) => number,
): { readonly count: number; readonly moves: number } {
  const grounds: SeenAt[] = [];
  const sessions = new Set<string>();
  let moves = 0;
  let last: { readonly ground: SeenAt; readonly session: string } | undefined;
  for (const one of seen) {
    const known = grounds.find((ground) => distanceKm(ground.at, one.at) < apart_km(ground, one));
    const ground = known ?? one;
    if (known === undefined) grounds.push(one);
    sessions.add(one.session);
    if (last !== undefined && last.ground !== ground && last.session !== one.session) moves += 1;
    last = { ground, session: one.session };
  }
  return { count: Math.min(grounds.length, sessions.size), moves };
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
