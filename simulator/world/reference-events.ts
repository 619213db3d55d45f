import type { Emit } from '../flow/event-stream.ts';
import type { SimulationOptions } from '../options.ts';
import { decimal } from '../money.ts';
import { DAY_MS, day, instant } from '../time.ts';
import type { Dealer } from './dealers.ts';
import type { World } from './world.ts';
import { floorPrice, guidePrice, REBATE_PROGRAM } from './terms.ts';

/** Reference data that stood before the simulated time holds from this long before it. */
const STANDING_DAYS = 730;

/** Emits the reference data as it stands at the start: products, territories, prices, promotions, the rebate programme, dealers. */
export function emitReferenceData(world: World, options: SimulationOptions, emit: Emit): void {
  const standing = { valid_from: instant(options.start_ms - STANDING_DAYS * DAY_MS) };
  for (const product of world.products) {
    const { sku_id, gtin, name, category, brand, pack_qty, lead_time_days, shelf_life_days } = product;
    const money = {
      unit_cost: decimal(product.unit_cost),
      list_price: decimal(product.list_price),
      currency: 'CNY',
    };
    const about = { sku_id, gtin, name, category, brand, pack_qty, lead_time_days, shelf_life_days };
    emit('product', sku_id, { ...standing, ...about, ...money });
    for (const tier of [1, 2]) {
      emit('price', `${sku_id}-${tier}`, {
        ...standing,
        sku_id,
        tier,
        territory_id: '',
        floor_price: decimal(floorPrice(product, tier)),
        guide_price: decimal(guidePrice(product, tier)),
        currency: 'CNY',
      });
    }
  }
  const territories = new Map(world.dealers.map((dealer) => [dealer.territory_id, dealer]));
  for (const [territory_id, { territory_name, territory_adcodes }] of territories)
    emit('territory', territory_id, {
      ...standing,
      territory_id,
      name: territory_name,
      adcodes: [...territory_adcodes],
    });
  emitTerms(world, standing, emit);
  for (const dealer of world.dealers)
    if (dealer.contracted_ms <= options.start_ms)
      emitDealer(dealer, statusAt(dealer, options.start_ms), dealer.contracted_ms, emit);
}

function emitTerms(world: World, standing: { valid_from: string }, emit: Emit): void {
  for (const promotion of world.promotions) {
    const { promo_id, sku_ids, starts_ms, ends_ms, discount_pct } = promotion;
    const span = { starts: instant(starts_ms), ends: instant(ends_ms) };
    emit('promotion', promo_id, {
      ...standing,
      promo_id,
      sku_ids: [...sku_ids],
      territory_ids: [],
      ...span,
      discount_pct,
    });
  }
  emit('rebate_program', REBATE_PROGRAM.program_id, {
    ...standing,
    program_id: REBATE_PROGRAM.program_id,
    basis: 'net_sales',
    period: 'month',
    tiers: REBATE_PROGRAM.tiers.map((tier) => ({ ...tier })),
    retroactive: true,
    split: [
      { level: 0, share_pct: 80 },
      { level: 1, share_pct: 20 },
    ],
  });
}

/** Where a dealer stands in its life at a time. */
export function statusAt(dealer: Dealer, time_ms: number): 'contracted' | 'active' | 'suspended' {
  if (time_ms >= dealer.suspended_ms) return 'suspended';
  return time_ms >= dealer.active_ms ? 'active' : 'contracted';
}

/** Emits the version of a dealer that holds from `valid_from_ms` on. */
export function emitDealer(dealer: Dealer, status: string, valid_from_ms: number, emit: Emit): void {
  const [lon, lat] = dealer.position;
  emit('dealer', `${dealer.dealer_id}-${status}`, {
    valid_from: instant(valid_from_ms),
    dealer_id: dealer.dealer_id,
    name: dealer.name,
    tier: dealer.tier,
    parent_dealer_id: dealer.parent_dealer_id,
    territory_id: dealer.territory_id,
    adcode: dealer.prefecture.adcode,
    lat: Number(lat.toFixed(5)),
    lon: Number(lon.toFixed(5)),
    status,
    wave: dealer.wave,
    licence_expires: day(dealer.licence_expires_ms),
  });
}
