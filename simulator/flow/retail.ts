import { DAY_MS, HOUR_MS, midnight } from '../time.ts';
import { drawDemand, seasonality, baseDemand } from '../demand/demand.ts';
import { placeNear } from '../world/dealers.ts';
import { after, onHand, type Case, type Channel, type Shelf } from './channel.ts';
import { consumerScanPlace, dealerScanPlace, scanUnit } from './scans.ts';

/** Shops sell from 9:00 to 21:00. */
const OPENS_H = 9;
const CLOSES_H = 21;
/** Most units of one sale; a day's demand for more comes as several sales. */
const UNITS_PER_SALE_MAX = 3;
/** Share of sold units whose buyer scans the code, and how many days later on the mean. */
const CONSUMER_SCAN_SHARE = 0.1;
const CONSUMER_SCAN_DELAY_DAYS = 4;
/** Buyers live within this of the shop. */
const BUYER_RADIUS_KM = 25;

/** Plans the sales of a day for one shelf. What is not there when it is wanted is a lost sale. */
export function planSales(channel: Channel, shelf: Shelf): void {
  const { demand, retail } = channel.random;
  const now_ms = channel.stream.now_ms;
  const mean =
    baseDemand(shelf.dealer, shelf.product) *
    seasonality(shelf.product, now_ms, channel.world.promotions) *
    channel.booms.factor(shelf.dealer, shelf.product, now_ms) *
    channel.injections.openly(channel, shelf);
  let wanted = drawDemand(mean, demand);
  while (wanted > 0) {
    const units = Math.min(wanted, retail.int(1, UNITS_PER_SALE_MAX));
    wanted -= units;
    channel.queue.plan(midnight(now_ms) + retail.between(OPENS_H, CLOSES_H) * HOUR_MS, () => {
      sell(channel, shelf, units);
    });
  }
}

function sell(channel: Channel, shelf: Shelf, units: number): void {
  for (let i = 0; i < units && onHand(shelf) - shelf.reserved * shelf.product.pack_qty > 0; i++) {
    const sold = takeUnit(shelf);
    if (sold === null) return;
    const random = channel.random.retail;
    const is_scraped = channel.injections.isScraped(sold.from);
    if (random.chance(shelf.dealer.scan_discipline) && !is_scraped)
      scanUnit(
        channel,
        sold.from,
        sold.n,
        shelf.dealer.dealer_id,
        'retail_selling',
        dealerScanPlace(shelf.dealer, random),
      );
    if (random.chance(CONSUMER_SCAN_SHARE) && !is_scraped)
      planConsumerScan(channel, shelf, sold.from, sold.n);
    channel.injections.sold(channel, sold.from, sold.n, shelf);
  }
}

/** Takes one unit out of the open case, opening the oldest sealed one when it is empty. Null when there is none. */
function takeUnit(shelf: Shelf): { from: Case; n: number } | null {
  if (shelf.open === null || shelf.open.units_left === 0) shelf.open = shelf.sealed.shift() ?? null;
  if (shelf.open === null) return null;
  const n = shelf.open.units_left--;
  return { from: shelf.open, n };
}

function planConsumerScan(channel: Channel, shelf: Shelf, one: Case, n: number): void {
  const random = channel.random.retail;
  after(channel, random.logNormal(CONSUMER_SCAN_DELAY_DAYS, 0.9) * DAY_MS, () => {
    const travels = random.chance(channel.options.traveller_share);
    const { prefecture, position } = shelf.dealer;
    const elsewhere = travels ? random.pick(channel.world.prefectures) : prefecture;
    const centre = travels ? ([elsewhere.lon, elsewhere.lat] as const) : position;
    const place = placeNear(elsewhere, centre, BUYER_RADIUS_KM, random);
    scanUnit(channel, one, n, '', 'consumer_scan', consumerScanPlace(channel, place, random));
  });
}
