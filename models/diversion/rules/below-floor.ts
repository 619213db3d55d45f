import type { AlertKind } from '../../contract/alert.ts';

/** An order line with the price that it ended at, and what held when it was placed. */
export interface PricedLine {
  /** Units that it sold: ordered less cancelled. */
  readonly qty: number;
  /** Decimal string, in `currency`, as is `floor_price`. */
  readonly unit_price: string;
  readonly floor_price: number;
  /** Percent off by the deepest promotion that the line could be ordered under; 0 = none. */
  readonly discount_pct: number;
  /** Rebates paid on the order, a unit; 0 = none is known. */
  readonly rebate_per_unit: number;
}

/** Less than this below the floor is rounding, as a share of it. */
const DEPTH_MIN = 0.002;
/** From this depth on no haggling and no slip of a digit explains it. */
const DEPTH_CLEAR = 0.01;
const RATIO = { slight: 30, clear: 300 } as const;

export interface PriceSignal {
  readonly log_odds: number;
  /** Lowest net price allowed then, and that paid, in the line's currency. */
  readonly allowed: number;
  readonly net: number;
}

/** A rule about order lines as a draft has it: what it says of one that lies below its floor, or nothing. Pure. */
export interface LineRule {
  readonly kind: AlertKind;
  readonly judgeLine: (line: PricedLine) => PriceSignal | null;
}

/**
 * A price below the floor that held when the line was placed, net of rebates paid on it; a promotion lowers the floor by its
 * discount. A line that was wholly cancelled sold nothing. Null = nothing to say.
 */
export function belowFloor(line: PricedLine): PriceSignal | null {
  if (line.qty <= 0) return null;
  const allowed = line.floor_price * (1 - line.discount_pct / 100);
  const net = Number(line.unit_price) - line.rebate_per_unit;
  const depth = allowed > 0 ? 1 - net / allowed : 0;
  if (depth < DEPTH_MIN) return null;
  return { log_odds: Math.log(depth < DEPTH_CLEAR ? RATIO.slight : RATIO.clear), allowed, net };
}
