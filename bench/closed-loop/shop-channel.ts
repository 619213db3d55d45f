import { Booms } from '../../simulator/demand/booms.ts';
import { baseDemand, drawDemand, seasonality } from '../../simulator/demand/demand.ts';
import { DEFAULTS } from '../../simulator/options.ts';
import { Random } from '../../simulator/random.ts';
import { DAY_MS } from '../../simulator/time.ts';
import type { Dealer } from '../../simulator/world/dealers.ts';
import type { Product } from '../../simulator/world/products.ts';
import { makeWorld, type World } from '../../simulator/world/world.ts';
import type { Prefecture } from '../../sql/geo/load.ts';

/** One product at one dealer that sells to consumers. */
export interface ShopShelf {
  readonly dealer: Dealer;
  readonly product: Product;
  /** Mean units a day without season, promotion or boom: what the dealer's habit goes by. */
  readonly daily_mean: number;
  /** Units that consumers want on each day, whoever orders. */
  readonly wanted: Int32Array;
  /** Days from an order of each day to its receipt, ≥ 1. */
  readonly lead_days: Int32Array;
}

/** What happens to every policy alike: the simulator's world and consumers, drawn beforehand. */
export interface ShopChannel {
  readonly world: World;
  readonly start_ms: number;
  readonly days: number;
  readonly shelves: readonly ShopShelf[];
}

/** A delivery comes a day early, on time or a day late, each as likely. */
const LEAD_SPREAD_DAYS = 1;

/** The shops (tier 2) of a simulated channel that trade all the time; their supplier always has what they order. */
export function drawChannel(
  prefectures: readonly Prefecture[],
  asked: {
    readonly seed: string;
    readonly dealers: number;
    readonly days: number;
    readonly start_ms: number;
  },
): ShopChannel {
  const options = { ...DEFAULTS, ...asked, injection_rate: 0 };
  const { start_ms, days } = options;
  const world = makeWorld(options, prefectures);
  const random = new Random(`${options.seed}/closed-loop`);
  const booms = new Booms(options, world, random.fork('booms'));
  const end_ms = start_ms + days * DAY_MS;
  const shops = world.dealers.filter(
    ({ tier, active_ms, suspended_ms }) => tier === 2 && active_ms <= start_ms && suspended_ms >= end_ms,
  );
  const shelves = shops.flatMap((dealer) =>
    dealer.range.map((product): ShopShelf => {
      const own = random.fork(`${dealer.dealer_id}/${product.sku_id}`);
      const daily_mean = baseDemand(dealer, product);
      return {
        ...{ dealer, product, daily_mean },
        wanted: Int32Array.from({ length: days }, (_, t) => {
          const at_ms = start_ms + t * DAY_MS;
          const factor = seasonality(product, at_ms, world.promotions) * booms.factor(dealer, product, at_ms);
          return drawDemand(daily_mean * factor, own);
        }),
        lead_days: Int32Array.from({ length: days }, () =>
          Math.max(1, product.lead_time_days + own.int(-LEAD_SPREAD_DAYS, LEAD_SPREAD_DAYS)),
        ),
      };
    }),
  );
  return { world, start_ms, days, shelves };
}
