import { divideRounded, formatDecimal, minorPlaces, minorUnit, ONE, parseDecimal } from './decimal.ts';
import { largestRemainder } from './largest-remainder.ts';
import { bandsOf, type Band, type RebateProgram } from './rebate-program.ts';

/** What a dealer bought in a period: decimals as texts, money in `currency`. */
export interface RebateBasis {
  readonly net_sales: string;
  readonly qty: string;
  readonly currency: string;
}

/** One step of a rebate's derivation: so much at that rate is so much. Decimals as texts. */
export interface RebateStep {
  /** The tier: from this much of what the programme counts. */
  readonly tier_from: string;
  readonly rate_pct: string;
  /** What the programme counts (money or units) that falls to the tier. */
  readonly counted: string;
  /** Net sales that the rate is applied to. */
  readonly net_sales: string;
  readonly amount: string;
}

/** A rebate with all that it follows from. */
export interface Rebate {
  readonly program_id: string;
  /** Version of the programme. */
  readonly valid_from: string;
  readonly basis: RebateProgram['basis'];
  readonly retroactive: boolean;
  readonly basis_value: string;
  /** Rounded once, a half away from zero, to the smallest unit of the currency. */
  readonly amount: string;
  readonly currency: string;
  /** Their amounts sum to `amount` exactly. */
  readonly steps: readonly RebateStep[];
}

/** Rates are per hundred, and their product with a value has twice the decimals. */
const PER_CENT = 100n * ONE;

interface Share {
  readonly band: Band;
  /** Of what the programme counts, billionths. */
  readonly counted: bigint;
}

/**
 * The rebate of one dealer and period. A rate is a percentage of net sales; the tiers count net sales or units. Retroactive:
 * the rate of the highest tier reached holds for all of it; otherwise each tier's rate holds for what lies in the tier, and of
 * units, whose prices differ, each carries the period's mean price. What lies below the first tier earns nothing; nor does a
 * period in which as much came back as went out.
 */
export function rebateOf(program: RebateProgram, basis: RebateBasis): Rebate {
  const net = parseDecimal(basis.net_sales);
  const total = program.basis === 'qty' ? parseDecimal(basis.qty) : net;
  const shares = net > 0n && total > 0n ? sharesOf(program, total) : [];
  const unit = minorUnit(basis.currency);
  // Exact: each share is worth net × counted ÷ total × rate; the sum over the common divisor is rounded once.
  const worths = shares.map(({ band, counted }) => net * counted * band.rate_pct);
  const sum = worths.reduce((all, worth) => all + worth, 0n);
  const units = sum === 0n ? 0n : divideRounded(sum, total * PER_CENT * unit);
  const parts = sum === 0n ? shares.map(() => 0n) : largestRemainder(units, worths);
  const places = minorPlaces(basis.currency);
  return {
    program_id: program.program_id,
    valid_from: program.valid_from,
    basis: program.basis,
    retroactive: program.retroactive,
    basis_value: formatDecimal(total),
    amount: formatDecimal(units * unit, places),
    currency: basis.currency,
    steps: shares.map(({ band, counted }, i) => ({
      tier_from: formatDecimal(band.from),
      rate_pct: formatDecimal(band.rate_pct),
      counted: formatDecimal(counted),
      net_sales: formatDecimal(divideRounded(net * counted, total)),
      amount: formatDecimal((parts[i] ?? 0n) * unit, places),
    })),
  };
}

function sharesOf(program: RebateProgram, total: bigint): Share[] {
  const reached = bandsOf(program).filter((band) => band.from <= total);
  if (program.retroactive) {
    const last = reached.at(-1);
    return last === undefined ? [] : [{ band: last, counted: total }];
  }
  return reached
    .map((band) => ({
      band,
      counted: (band.to === null || band.to > total ? total : band.to) - band.from,
    }))
    .filter(({ counted }) => counted > 0n);
}
