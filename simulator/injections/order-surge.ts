import { DAY_MS } from '../time.ts';
import type { Injection } from './injection.ts';
import { passOn } from './pass-on.ts';

/** An order beyond need is worth so many days of demand, so many cases at least, and is placed in the first days of an episode. */
const SURPLUS_DAYS = [18, 32] as const;
const SURPLUS_CASES_MIN = 4;
const ORDERING_DAYS = 8;

/** A dealer chases a rebate tier: it orders weeks of demand beyond its need, and passes on what it cannot sell, unseen. */
export const orderSurge: Injection = {
  kind: 'order_surge',
  surplus({ episodes, random, truth, owed }, channel, shelf) {
    const now_ms = channel.stream.now_ms;
    const episode = episodes.at(shelf.dealer, shelf.product, now_ms);
    if (episode === undefined || now_ms - episode.starts_ms > ORDERING_DAYS * DAY_MS) return 0;
    const pack = shelf.product.pack_qty;
    const cases = Math.ceil((shelf.daily_mean * random.between(...SURPLUS_DAYS)) / pack);
    const units = Math.max(SURPLUS_CASES_MIN, cases) * pack;
    const key = `${shelf.dealer.dealer_id}|${shelf.product.sku_id}`;
    owed.set(key, (owed.get(key) ?? 0) + units);
    truth.add(
      {
        kind: 'order_surge',
        injection_id: episode.injection_id,
        origin_dealer_id: shelf.dealer.dealer_id,
        found_dealer_id: null,
        found_adcode: null,
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
