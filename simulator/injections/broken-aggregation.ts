import { after, codeOfUnit } from '../flow/channel.ts';
import { dealerScanPlace, scanCase, scanUnit } from '../flow/scans.ts';
import { caseCode } from '../codes.ts';
import { DAY_MS } from '../time.ts';
import { foundAtPartner } from './found-at-partner.ts';
import type { Injection } from './injection.ts';
import { takeOff } from './pass-on.ts';

/** Share of the cases that arrive in an episode and are opened to be packed anew. */
const REPACKED_SHARE = 0.6;
/** Serial numbers of the new labels, far from those of genuine cases. */
const LABELS_FROM = 500_000_000;

/** Units are taken out of their case, unrecorded, and packed under a new label for another territory. */
export const brokenAggregation: Injection = {
  kind: 'broken_aggregation',
  received({ episodes, random, truth }, channel, one, shelf) {
    const episode = episodes.at(shelf.dealer, shelf.product, channel.stream.now_ms);
    if (episode === undefined || !random.chance(REPACKED_SHARE) || !takeOff(shelf, one)) return false;
    const { partner } = episode;
    const label = { ...one, code: caseCode(LABELS_FROM + one.serial) };
    after(channel, random.between(1, 4) * DAY_MS, () => {
      for (let n = 1; n <= one.product.pack_qty; n++) {
        scanUnit(channel, one, n, partner.dealer_id, 'packing', {
          parent_code: label.code,
          ...dealerScanPlace(partner, random),
        });
        truth.add(
          foundAtPartner('broken_aggregation', episode, one),
          codeOfUnit(one, n),
          channel.stream.toEventTime(channel.stream.now_ms),
        );
      }
      scanCase(channel, label, partner.dealer_id, 'inspecting', dealerScanPlace(partner, random));
    });
    return false;
  },
};
