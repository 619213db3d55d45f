import type { BizStep } from '../../contract/events/scan.ts';
import type { DiversionRule, Observation, Signal } from '../observation.ts';

/**
 * How many times likelier a scan outside the territory is when the goods were diverted than when they were not, by who
 * scanned. A dealer's receipt or sale elsewhere has hardly an innocent explanation; a consumer travels and gives presents.
 * Start values, to be learned from closed cases.
 */
const LIKELIHOOD_RATIO: Readonly<Partial<Record<BizStep, number>>> = {
  receiving: 200,
  stock_taking: 150,
  inspecting: 200,
  retail_selling: 60,
  consumer_scan: 5,
};

/** A disc is judged by 16 points: half a point is given to either side, so that no place is ever certain. */
const DISC_POINTS = 16;

/**
 * A code scanned outside the territory that it was shipped for. With P the probability that the scan was inside after
 * all, the likelihood ratio is P + (1 − P)·LR: a position that may as well be inside says nothing.
 */
export const outOfTerritory: DiversionRule = { kind: 'out_of_territory', signal };

function signal(observation: Observation): Signal | null {
  const ratio = LIKELIHOOD_RATIO[observation.biz_step];
  if (ratio === undefined) return null;
  const p_inside = (observation.share_inside * DISC_POINTS + 0.5) / (DISC_POINTS + 1);
  return { kind: 'out_of_territory', p_inside, log_odds: Math.log(p_inside + (1 - p_inside) * ratio) };
}
