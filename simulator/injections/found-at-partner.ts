import type { AlertKind } from '../../models/contract/alert.ts';
import type { Case } from '../flow/channel.ts';
import type { Episode } from './episodes.ts';
import type { Deed } from './truth.ts';

/** A deed of an episode whose goods turn up at the dealer of another province that it is done with. */
export function foundAtPartner(kind: AlertKind, episode: Episode, { product, lot }: Case): Deed {
  const { injection_id, dealer, partner } = episode;
  return {
    kind,
    injection_id,
    origin_dealer_id: dealer.dealer_id,
    found_dealer_id: partner.dealer_id,
    found_adcode: partner.prefecture.adcode,
    sku_id: product.sku_id,
    lot,
  };
}
