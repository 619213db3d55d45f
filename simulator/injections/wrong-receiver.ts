import { after } from '../flow/channel.ts';
import { dealerScanPlace, scanCase } from '../flow/scans.ts';
import { HOUR_MS } from '../time.ts';
import { foundAtPartner } from './found-at-partner.ts';
import type { Injection } from './injection.ts';
import { takeOff } from './pass-on.ts';

/** Share of the cases that arrive in an episode and are unloaded elsewhere. */
const REDIRECTED_SHARE = 0.6;

/** The lorry goes on: a case shipped to one dealer is scanned as received by a dealer of another province. */
export const wrongReceiver: Injection = {
  kind: 'wrong_receiver',
  received({ episodes, random, truth }, channel, one, shelf) {
    const episode = episodes.at(shelf.dealer, shelf.product, channel.stream.now_ms);
    if (episode === undefined || !random.chance(REDIRECTED_SHARE) || !takeOff(shelf, one)) return false;
    const { partner } = episode;
    after(channel, random.between(8, 60) * HOUR_MS, () => {
      scanCase(channel, one, partner.dealer_id, 'receiving', dealerScanPlace(partner, random));
      truth.add(
        foundAtPartner('wrong_receiver', episode, one),
        one.code,
        channel.stream.toEventTime(channel.stream.now_ms),
      );
    });
    return true;
  },
};
