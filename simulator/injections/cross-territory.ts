import { after, codeOfUnit } from '../flow/channel.ts';
import { consumerScanPlace, dealerScanPlace, scanUnit } from '../flow/scans.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';
import { placeNear } from '../world/dealers.ts';
import { foundAtPartner } from './found-at-partner.ts';
import type { Injection } from './injection.ts';

/** Share of the cases that arrive in an episode and are sold on elsewhere. */
const DIVERTED_SHARE = 0.7;
/** Of the units of a diverted case, how many are seen at the far dealer's till, and by consumers there. */
const TILL_SHARE = 0.6;
const CONSUMER_SHARE = 0.3;

/** Goods shipped for one territory are sold by a dealer of another province, whose till and customers scan them. */
export const crossTerritory: Injection = {
  kind: 'out_of_territory',
  received({ episodes, random, truth }, channel, one, shelf) {
    const episode = episodes.at(shelf.dealer, shelf.product, channel.stream.now_ms);
    if (episode === undefined || !random.chance(DIVERTED_SHARE) || shelf.sealed.length <= shelf.reserved)
      return false;
    shelf.sealed.pop();
    const { partner } = episode;
    const seen = (n: number): void => {
      truth.add(
        foundAtPartner('out_of_territory', episode, one),
        codeOfUnit(one, n),
        channel.stream.toEventTime(channel.stream.now_ms),
      );
    };
    const journey_ms = random.between(1.5, 5) * DAY_MS;
    for (let n = 1; n <= one.product.pack_qty; n++) {
      const sold_ms = journey_ms + random.between(0, 6) * DAY_MS;
      if (random.chance(TILL_SHARE))
        after(channel, sold_ms, () => {
          scanUnit(channel, one, n, partner.dealer_id, 'retail_selling', dealerScanPlace(partner, random));
          seen(n);
        });
      if (random.chance(CONSUMER_SHARE))
        after(channel, sold_ms + random.between(2, 90) * HOUR_MS, () => {
          const place = placeNear(partner.prefecture, partner.position, 20, random);
          scanUnit(channel, one, n, '', 'consumer_scan', consumerScanPlace(channel, place, random));
          seen(n);
        });
    }
    return false;
  },
};
