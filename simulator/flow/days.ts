import { baseDemand } from '../demand/demand.ts';
import { decimal } from '../money.ts';
import { DAY_MS, HOUR_MS, midnight, month } from '../time.ts';
import { emitDealer, statusAt } from '../world/reference-events.ts';
import type { Dealer } from '../world/dealers.ts';
import { claimRebates } from './accounts.ts';
import { logIn, planActivity } from './activity.ts';
import { onHand, type Channel, type Shelf } from './channel.ts';
import { openShelf } from './logistics.ts';
import { placeOrder } from './order-process.ts';
import { planSales } from './retail.ts';

/** Chance that a dealer looks through its stock on a given day: once in three days on the mean. */
export const REVIEW_CHANCE = 1 / 3;
/** Days of demand that the order point covers (about 4 from order to receipt, 3 to the next review) and a margin for luck: the lower tier's whole cases make tier 1's demand lumpy. */
const ORDER_POINT_DAYS = 7;
const SAFETY_FACTOR: Readonly<Record<1 | 2, number>> = { 1: 2.2, 2: 1.35 };
/** Days of demand that an order adds above the order point. */
const ORDER_UP_DAYS = 10;

/** Begins the simulation: opening stock, the lives of dealers, and the daily round. */
export function beginDays(channel: Channel): void {
  const { start_ms } = channel.options;
  for (const dealer of channel.world.dealers) {
    planLife(channel, dealer);
    if (dealer.active_ms > start_ms) continue;
    for (const shelf of channel.shelves.get(dealer.dealer_id) ?? []) {
      const { up_to } = dealerHabit(shelf.daily_mean, dealer.tier);
      openShelf(channel, dealer, shelf.product, Math.max(1, Math.round(up_to / shelf.product.pack_qty)));
      shelf.on_order = 0;
    }
  }
  channel.queue.plan(start_ms + DAY_MS, () => {
    beginDay(channel);
  });
}

function beginDay(channel: Channel): void {
  const now_ms = channel.stream.now_ms;
  const trading = channel.world.dealers.filter((dealer) => statusAt(dealer, now_ms) === 'active');
  const last_month = month(now_ms - DAY_MS);
  if (last_month !== month(now_ms)) claimRebates(channel, trading, last_month);
  for (const dealer of trading) {
    const shelves = channel.shelves.get(dealer.dealer_id) ?? [];
    for (const shelf of shelves) planSales(channel, shelf);
    planActivity(channel, dealer);
    planReview(channel, dealer, shelves);
    planSnapshot(channel, dealer, shelves);
  }
  channel.queue.plan(midnight(now_ms) + DAY_MS, () => {
    beginDay(channel);
  });
}

/** The (s, S) habit of a dealer by a shelf's mean units a day: below `order_point` in position, order up to `up_to`, in units. */
export function dealerHabit(daily_mean: number, tier: 1 | 2): { order_point: number; up_to: number } {
  const order_point =
    daily_mean * ORDER_POINT_DAYS * SAFETY_FACTOR[tier] + Math.sqrt(daily_mean * ORDER_POINT_DAYS);
  return { order_point, up_to: order_point + daily_mean * ORDER_UP_DAYS };
}

/** What the habit orders at a position, in whole cases. */
export function habitCases(
  habit: ReturnType<typeof dealerHabit>,
  position: number,
  pack_qty: number,
  more = 0,
): number {
  const needed = position >= habit.order_point ? 0 : Math.max(pack_qty, habit.up_to - position);
  return Math.round((needed + more) / pack_qty);
}

function planReview(channel: Channel, dealer: Dealer, shelves: readonly Shelf[]): void {
  const random = channel.random.orders;
  if (!random.chance(REVIEW_CHANCE)) return;
  channel.queue.plan(channel.stream.now_ms + random.between(8.5, 18.5) * HOUR_MS, () => {
    const wanted = shelves.flatMap((shelf) => {
      const promised = shelf.reserved * shelf.product.pack_qty + channel.injections.owed(shelf);
      const position = onHand(shelf) + shelf.on_order - promised;
      const surplus = channel.injections.surplus(channel, shelf);
      const habit = dealerHabit(shelf.daily_mean, dealer.tier);
      const cases = habitCases(habit, position, shelf.product.pack_qty, surplus);
      return cases === 0 ? [] : [{ product: shelf.product, cases }];
    });
    if (wanted.length === 0) return;
    logIn(channel, dealer);
    placeOrder(channel, dealer, wanted);
  });
}

/** Each evening a dealer's system reports what lies on every shelf. */
function planSnapshot(channel: Channel, dealer: Dealer, shelves: readonly Shelf[]): void {
  const minute_of_evening = Number(dealer.dealer_id.slice(1)) % 180;
  channel.queue.plan(channel.stream.now_ms + (20.5 + minute_of_evening / 60) * HOUR_MS, () => {
    const day_number = Math.round((midnight(channel.stream.now_ms) - channel.options.start_ms) / DAY_MS);
    for (const shelf of shelves) {
      channel.stream.emit('stock', `${dealer.dealer_id}-${shelf.product.sku_id}-${day_number}`, {
        dealer_id: dealer.dealer_id,
        location_id: `${dealer.dealer_id}-W1`,
        sku_id: shelf.product.sku_id,
        on_hand: onHand(shelf),
        in_transit: shelf.in_transit,
        committed: shelf.reserved * shelf.product.pack_qty,
        unit_cost: decimal(shelf.product.unit_cost),
        currency: 'CNY',
      });
    }
  });
}

/** Contract, activation and suspension, where they fall into the simulated time: a new version of the dealer each. */
function planLife(channel: Channel, dealer: Dealer): void {
  const { start_ms } = channel.options;
  const version = (status: string, at_ms: number): void => {
    if (at_ms > start_ms && at_ms !== Infinity)
      channel.queue.plan(at_ms, () => {
        emitDealer(dealer, status, channel.stream.toEventTime(channel.stream.now_ms), channel.stream.emit);
        if (status === 'contracted')
          channel.queue.plan(at_ms + 26 * HOUR_MS, () => {
            logIn(channel, dealer);
          });
      });
  };
  version('contracted', dealer.contracted_ms);
  version('active', dealer.active_ms);
  version('suspended', dealer.suspended_ms);
}

/** Mean units a day that leave a shelf: its own consumers and, of a tier-1 dealer, what its lower tier takes. */
export function dailyMean(
  dealers: readonly Dealer[],
  dealer: Dealer,
  product: Dealer['range'][number],
): number {
  const lower_tier = dealers.filter(
    (one) => one.parent_dealer_id === dealer.dealer_id && one.range.includes(product),
  );
  return [dealer, ...lower_tier].reduce((sum, one) => sum + baseDemand(one, product), 0);
}
