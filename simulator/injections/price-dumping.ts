import { share } from '../money.ts';
import { floorPrice } from '../world/terms.ts';
import type { Injection } from './injection.ts';

/** A dealer is charged less than the floor, without a promotion that would allow it. */
export const priceDumping: Injection = {
  kind: 'below_floor',
  priced({ episodes, random, truth }, channel, dealer, product, fair) {
    const now_ms = channel.stream.now_ms;
    const episode = episodes.at(dealer, product, now_ms);
    if (episode === undefined) return fair;
    const deed = {
      kind: 'below_floor' as const,
      injection_id: episode.injection_id,
      origin_dealer_id: dealer.dealer_id,
      found_dealer_id: null,
      found_adcode: null,
      sku_id: product.sku_id,
      lot: null,
    };
    truth.add(deed, null, channel.stream.toEventTime(now_ms));
    return share(floorPrice(product, dealer.tier), random.between(0.82, 0.96));
  },
};
