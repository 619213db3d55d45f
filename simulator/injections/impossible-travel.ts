import { after, codeOfUnit } from '../flow/channel.ts';
import { consumerScanPlace, scanUnit } from '../flow/scans.ts';
import { distanceKm } from '../../models/geo/distance.ts';
import { DAY_MS, HOUR_MS } from '../time.ts';
import { placeNear } from '../world/dealers.ts';
import type { Injection } from './injection.ts';

/** Share of the units sold in an episode whose code is printed once more. */
const COPIED_SHARE = 0.3;
/** The copy is scanned so far away, and so soon after the unit itself. */
const FAR_KM = 900;
const HOURS = [0.1, 0.5] as const;

/** One copy of a code: the unit is scanned by its buyer, and within half an hour at the other end of the country. */
export const impossibleTravel: Injection = {
  kind: 'impossible_travel',
  sold({ episodes, random, truth }, channel, one, n, shelf) {
    const { dealer, product } = shelf;
    const episode = episodes.at(dealer, product, channel.stream.now_ms);
    if (episode === undefined || !random.chance(COPIED_SHARE)) return;
    const far = channel.world.prefectures.filter(
      ({ lon, lat }) => distanceKm([lon, lat], dealer.position) > FAR_KM,
    );
    if (far.length === 0) return;
    const there = random.pick(far);
    after(channel, random.between(0.1, 3) * DAY_MS, () => {
      const home = placeNear(dealer.prefecture, dealer.position, 20, random);
      scanUnit(channel, one, n, '', 'consumer_scan', consumerScanPlace(channel, home, random));
      after(channel, random.between(...HOURS) * HOUR_MS, () => {
        const place = placeNear(there, [there.lon, there.lat], 20, random);
        scanUnit(channel, one, n, '', 'consumer_scan', consumerScanPlace(channel, place, random));
        truth.add(
          {
            kind: 'impossible_travel',
            injection_id: episode.injection_id,
            origin_dealer_id: dealer.dealer_id,
            found_dealer_id: null,
            found_adcode: there.adcode,
            sku_id: one.product.sku_id,
            lot: one.lot,
          },
          codeOfUnit(one, n),
          channel.stream.toEventTime(channel.stream.now_ms),
        );
      });
    });
  },
};
