import { formatDecimal, minorPlaces, minorUnit, parseDecimal } from './decimal.ts';
import { largestRemainder } from './largest-remainder.ts';
import type { RebateProgram } from './rebate-program.ts';

/** What one member of a chain gets of a pool. Decimals as texts. */
export interface SplitPart {
  readonly dealer_id: string;
  /** Place in the chain: 0 is the dealer that earned the pool, 1 its parent. */
  readonly level: number;
  /** Shares of the levels that fall to it, percent. */
  readonly share_pct: string;
  readonly amount: string;
}

/**
 * Divides the pool of a rebate over a dealer's chain: the parts sum to the pool exactly (largest remainder in the smallest unit
 * of the currency). A level that the chain does not reach falls to its last member, so that nothing is lost where a dealer buys
 * from HQ directly. Without shares all of it is the dealer's.
 * @param pool decimal text in whole smallest units of the currency; throws RangeError otherwise
 * @param chain the dealer, its parent, the parent's parent … without HQ; at least the dealer
 */
export function splitOverChain(
  pool: string,
  currency: string,
  split: RebateProgram['split'],
  chain: readonly string[],
): SplitPart[] {
  const unit = minorUnit(currency);
  const whole = parseDecimal(pool);
  if (whole % unit !== 0n) throw new RangeError(`${pool} ${currency} is not in whole smallest units`);
  if (chain.length === 0) throw new RangeError('a chain has at least one member');
  const shares = new Map<number, bigint>();
  for (const { level, share_pct } of split.length === 0 ? [{ level: 0, share_pct: '100' }] : split) {
    const place = Math.min(level, chain.length - 1);
    shares.set(place, (shares.get(place) ?? 0n) + parseDecimal(share_pct));
  }
  const members = [...shares].filter(([, share]) => share > 0n).sort(([a], [b]) => a - b);
  const parts = largestRemainder(
    whole / unit,
    members.map(([, share]) => share),
  );
  return members.map(([level, share], i) => ({
    dealer_id: chain[level] ?? '',
    level,
    share_pct: formatDecimal(share),
    amount: formatDecimal((parts[i] ?? 0n) * unit, minorPlaces(currency)),
  }));
}

/**
 * A dealer's chain: itself, its parent, and so on up to HQ. A circle in the reference data ends the chain where it closes.
 * @param parentOf "" or undefined = buys from HQ
 */
export function chainOf(dealer_id: string, parentOf: (dealer_id: string) => string | undefined): string[] {
  const chain = [dealer_id];
  for (let parent = parentOf(dealer_id); parent !== undefined && parent !== '' && parent !== 'HQ';) {
    if (chain.includes(parent) || chain.length > CHAIN_MAX) break;
    chain.push(parent);
    parent = parentOf(parent);
  }
  return chain;
}

/** Levels of a programme's split go from 0 to 16. */
const CHAIN_MAX = 16;
