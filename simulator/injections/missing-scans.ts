import type { Injection } from './injection.ts';

/** Share of the cases that arrive in an episode and whose codes are scraped off. */
const SCRAPED_SHARE = 0.9;
/** It is done to what comes often: a case in so many days at most. */
const CASE_DAYS_MAX = 7;

/** Codes are scraped off as the goods arrive: neither the door nor the till nor a buyer can scan them any more. */
export const missingScans: Injection = {
  kind: 'missing_scans',
  lasts: { block_days: 30, days: [14, 20] },
  received({ episodes, random, truth, held }, channel, one, shelf) {
    const now_ms = channel.stream.now_ms;
    const episode = episodes.at(shelf.dealer, shelf.product, now_ms);
    if (shelf.daily_mean * CASE_DAYS_MAX < shelf.product.pack_qty) return false;
    if (episode === undefined || !random.chance(SCRAPED_SHARE)) return false;
    held.add(one);
    const { dealer_id } = shelf.dealer;
    const { sku_id } = one.product;
    truth.add(
      {
        kind: 'missing_scans',
        injection_id: episode.injection_id,
        origin_dealer_id: dealer_id,
        found_dealer_id: null,
        found_adcode: null,
        sku_id,
        lot: null,
      },
      null,
      channel.stream.toEventTime(now_ms),
    );
    return true;
  },
  isScraped: ({ held }, one) => held.has(one),
};
