import { groupBy, sum } from './group-by.ts';
import { overlaps, type HabitSignal } from './habit.ts';
import { logOddsOfRarity, rarityOf } from './rarity.ts';

/** What one product says of a dealer. */
export interface PooledSignal {
  readonly signal: HabitSignal;
  /** ln of a likelihood ratio; what is not above 0 adds nothing. */
  readonly evidence: number;
  /** What takes from it, once, however many products say the same: at most 0. */
  readonly doubt: number;
}

/**
 * What several products of a dealer say together in the same days, as log-odds of each of them: their evidence adds up, but never says more
 * than how rare so much of it is among all dealers of the channel. Products fall silent together in honest channels too; where they often do,
 * that raises the bar. Products that say nothing together are left out.
 * @param dealers of the channel, those that nothing is said of among them
 */
export function pooledAmong(
  signals: readonly PooledSignal[],
  dealers: number,
  least_scale: number,
): Map<PooledSignal, number> {
  const telling = signals.filter(({ evidence }) => evidence > 0);
  const pools = [...groupBy(telling, ({ signal }) => signal.origin_dealer_id).values()].map(surestPool);
  const quiet = Array.from({ length: Math.max(0, dealers - pools.length) }, () => 0);
  const expectedAt = rarityOf([...quiet, ...pools.map(({ score }) => score)], least_scale);
  return new Map(
    pools
      .filter(({ members }) => members.length > 1)
      .flatMap(({ members, score }) => {
        const log_odds = Math.min(score, logOddsOfRarity(expectedAt(score)));
        return members.map((member): [PooledSignal, number] => [member, log_odds]);
      }),
  );
}

interface Pool {
  readonly score: number;
  readonly members: readonly PooledSignal[];
}

/** Of the products of a dealer those that say most together in days that all share with one of them. */
function surestPool(of_dealer: readonly PooledSignal[]): Pool {
  const pools = of_dealer.map((anchor): Pool => {
    const members = of_dealer.filter(({ signal }) => overlaps(signal, anchor.signal));
    // What was forgotten on one day was forgotten with all that came in it: one delivery, told once.
    const told = [...groupBy(members, dayOrProduct).values()].map((one) =>
      Math.max(...one.map(({ evidence }) => evidence)),
    );
    return { members, score: sum(told) + Math.min(...members.map(({ doubt }) => doubt)) };
  });
  return pools.reduce((one, other) => (other.score > one.score ? other : one));
}

function dayOrProduct({ signal: { from, to, sku_id } }: PooledSignal): string {
  return to - from === 1 ? `day ${from}` : `product ${sku_id}`;
}
