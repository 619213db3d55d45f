import { shelfOf, type Shelf } from '../flow/channel.ts';
import type { Injection } from './injection.ts';
import { passOn } from './pass-on.ts';

/** Share of its demand that the buyer meets from its neighbour's goods, whose codes are gone. */
const SECRET_SHARE = 0.85;
/** Days between two looks through the shelves, on the mean. */
const REVIEW_DAYS = 3;
/** A pair trades what sells: the buyer needs a case of it in so many days at most, and about as much of it as the seller. */
const CASE_DAYS_MAX = 7;
const SIZE_MIN = 0.7;

/** A dealer buys for its neighbour too: one's purchases rise as the other's fall, and the goods cross the border without codes. */
export const pairedBuyer: Injection = {
  kind: 'paired_buyer',
  lasts: { block_days: 60, days: [26, 40] },
  openly({ episodes }, channel, shelf) {
    const episode = episodes.atNeighbour(shelf.dealer, shelf.product, channel.stream.now_ms);
    if (episode === undefined) return 1;
    const seller = shelfOf(channel, episode.dealer, shelf.product);
    return seller === undefined || !isWorthIt(seller, shelf) ? 1 : 1 - SECRET_SHARE;
  },
  surplus({ episodes, truth, owed, due }, channel, shelf) {
    const now_ms = channel.stream.now_ms;
    const episode = episodes.at(shelf.dealer, shelf.product, now_ms);
    if (episode === undefined || episode.neighbour === shelf.dealer) return 0;
    const { neighbour } = episode;
    const buyer = shelfOf(channel, neighbour, shelf.product);
    if (buyer === undefined || !isWorthIt(shelf, buyer)) return 0;
    const key = `${shelf.dealer.dealer_id}|${shelf.product.sku_id}`;
    // Whole cases only: what is less than one waits for the next look.
    const wanted = (due.get(key) ?? 0) + buyer.daily_mean * SECRET_SHARE * REVIEW_DAYS;
    const pack = shelf.product.pack_qty;
    const units = Math.floor(wanted / pack) * pack;
    due.set(key, wanted - units);
    if (units === 0) return 0;
    owed.set(key, (owed.get(key) ?? 0) + units);
    truth.add(
      {
        kind: 'paired_buyer',
        injection_id: episode.injection_id,
        origin_dealer_id: shelf.dealer.dealer_id,
        found_dealer_id: neighbour.dealer_id,
        found_adcode: neighbour.prefecture.adcode,
        sku_id: shelf.product.sku_id,
        lot: null,
      },
      null,
      channel.stream.toEventTime(now_ms),
    );
    return units;
  },
  received: (deeds, _channel, one, shelf) => passOn(deeds, one, shelf),
};

function isWorthIt(seller: Shelf, buyer: Shelf): boolean {
  const { daily_mean, product } = buyer;
  return daily_mean * CASE_DAYS_MAX >= product.pack_qty && daily_mean >= SIZE_MIN * seller.daily_mean;
}
