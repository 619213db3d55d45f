import { after, codeOfUnit } from '../flow/channel.ts';
import { dealerScanPlace, scanUnit } from '../flow/scans.ts';
import { DAY_MS } from '../time.ts';
import { foundAtPartner } from './found-at-partner.ts';
import type { Injection } from './injection.ts';

/** Share of the units sold in an episode that come back into trade elsewhere. */
const RESOLD_SHARE = 0.35;

/** A unit was sold to a consumer, so says the till; days later another dealer takes it into its stock. */
export const scanOrder: Injection = {
  kind: 'scan_order',
  sold({ episodes, random, truth }, channel, one, n, shelf) {
    const episode = episodes.at(shelf.dealer, shelf.product, channel.stream.now_ms);
    if (episode === undefined || !random.chance(RESOLD_SHARE)) return;
    const { partner } = episode;
    // The sale itself must have been told.
    scanUnit(
      channel,
      one,
      n,
      shelf.dealer.dealer_id,
      'retail_selling',
      dealerScanPlace(shelf.dealer, random),
    );
    after(channel, random.between(1, 5) * DAY_MS, () => {
      scanUnit(channel, one, n, partner.dealer_id, 'stock_taking', dealerScanPlace(partner, random));
      truth.add(
        foundAtPartner('scan_order', episode, one),
        codeOfUnit(one, n),
        channel.stream.toEventTime(channel.stream.now_ms),
      );
    });
  },
};
