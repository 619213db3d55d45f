import { after, codeOfUnit } from '../flow/channel.ts';
import { consumerScanPlace, scanUnit } from '../flow/scans.ts';
import { DAY_MS } from '../time.ts';
import { placeNear } from '../world/dealers.ts';
import type { Injection } from './injection.ts';

/** Share of the units sold in an episode whose code is copied, and how many copies are scanned. */
const COPIED_SHARE = 0.35;
const COPIES = [5, 11] as const;

/** The code of a sold unit is printed on counterfeits, which consumers scan all over the country within days. */
export const clone: Injection = {
  kind: 'clone',
  sold({ episodes, random, truth }, channel, one, n, shelf) {
    const episode = episodes.at(shelf.dealer, shelf.product, channel.stream.now_ms);
    if (episode === undefined || !random.chance(COPIED_SHARE)) return;
    for (let copy = random.int(...COPIES); copy > 0; copy--) {
      after(channel, random.between(0.2, 6) * DAY_MS, () => {
        const prefecture = random.pick(channel.world.prefectures);
        const place = placeNear(prefecture, [prefecture.lon, prefecture.lat], 20, random);
        scanUnit(channel, one, n, '', 'consumer_scan', consumerScanPlace(channel, place, random));
        truth.add(
          {
            kind: 'clone',
            injection_id: episode.injection_id,
            origin_dealer_id: shelf.dealer.dealer_id,
            found_dealer_id: null,
            found_adcode: null,
            sku_id: one.product.sku_id,
            lot: one.lot,
          },
          codeOfUnit(one, n),
          channel.stream.toEventTime(channel.stream.now_ms),
        );
      });
    }
  },
};
