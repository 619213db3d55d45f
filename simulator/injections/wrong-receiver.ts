import { after } from '../flow/channel.ts';
import { dealerScanPlace, scanCase } from '../flow/scans.ts';
import { HOUR_MS } from '../time.ts';
import type { Injection } from './injection.ts';

/** Share of the cases that arrive in an episode and are unloaded elsewhere. */
const REDIRECTED_SHARE = 0.6;

/** The lorry goes on: a case shipped to one dealer is scanned as received by a dealer of another province. */
export const wrongReceiver: Injection = {
  kind: 'wrong_receiver',
  received({ episodes, random, truth }, channel, one, shelf) {
    const episode = episodes.at(shelf.dealer, shelf.product, channel.stream.now_ms);
    if (episode === undefined || !random.chance(REDIRECTED_SHARE) || shelf.sealed.length <= shelf.reserved)
      return false;
    // The case may already be gone to another deed: only the one that lies last is this one.
    if (shelf.sealed[shelf.sealed.length - 1] !== one) return false;
    shelf.sealed.pop();
    const { partner } = episode;
    after(channel, random.between(8, 60) * HOUR_MS, () => {
      scanCase(channel, one, partner.dealer_id, 'receiving', dealerScanPlace(partner, random));
      truth.add(
        {
          kind: 'wrong_receiver',
          injection_id: episode.injection_id,
          origin_dealer_id: shelf.dealer.dealer_id,
          found_dealer_id: partner.dealer_id,
          found_adcode: partner.prefecture.adcode,
          sku_id: one.product.sku_id,
          lot: one.lot,
        },
        one.code,
        channel.stream.toEventTime(channel.stream.now_ms),
      );
    });
    return true;
  },
};
