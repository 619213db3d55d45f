import { destination } from '../../models/geo/distance.ts';
import { contains } from '../../models/geo/point-in-polygon.ts';
import type { Position } from '../../models/geo/position.ts';
import type { Prefecture } from '../../sql/geo/load.ts';
import type { SimulationOptions } from '../options.ts';
import type { Random } from '../random.ts';
import { DAY_MS } from '../time.ts';
import type { Product } from './products.ts';

/** A dealer: tier 1 holds a province and buys from HQ, tier 2 holds a prefecture and buys from the tier 1 of its province. */
export interface Dealer {
  readonly dealer_id: string;
  readonly name: string;
  readonly tier: 1 | 2;
  readonly parent_dealer_id: string;
  readonly territory_id: string;
  readonly territory_name: string;
  /** Codes that the territory consists of. */
  readonly territory_adcodes: readonly string[];
  readonly prefecture: Prefecture;
  readonly position: Position;
  readonly wave: string;
  readonly licence_expires_ms: number;
  /** When the contract was signed and when it was activated (first orders); before the simulated time for most. */
  readonly contracted_ms: number;
  readonly active_ms: number;
  /** From when on it neither buys nor sells; Infinity for most. */
  readonly suspended_ms: number;
  /** Units that its consumers take on a mean day, over all its products. */
  readonly daily_units: number;
  readonly range: readonly Product[];
  /** Share of cases that it scans when they arrive, and of units when they are sold. */
  readonly scan_discipline: number;
}

/** Dealers per province relative to one another: an invented network, dense on the coast and in the large inland provinces. */
const PROVINCE_WEIGHT: Readonly<Record<string, number>> = {
  '440000': 10,
  '370000': 9,
  '320000': 9,
  '410000': 8,
  '330000': 8,
  '510000': 7,
  '130000': 6,
  '420000': 6,
  '430000': 6,
  '340000': 5,
  '350000': 5,
  '310000': 4,
  '110000': 4,
  '360000': 4,
  '610000': 4,
  '210000': 4,
  '500000': 4,
  '530000': 4,
  '450000': 4,
  '140000': 3,
  '520000': 3,
  '230000': 3,
  '220000': 2,
  '120000': 2,
  '150000': 2,
  '620000': 2,
  '650000': 2,
  '460000': 1,
  '640000': 1,
  '630000': 1,
  '540000': 1,
};

const NAME_PARTS = [
  '恒达',
  '鑫源',
  '华信',
  '瑞丰',
  '德顺',
  '嘉禾',
  '万通',
  '锦程',
  '博远',
  '同福',
  '宏宇',
  '盛泽',
  '安泰',
  '永兴',
  '天和',
];
const NAME_KINDS = ['商贸有限公司', '贸易有限公司', '供应链有限公司', '食品商行', '百货有限公司'];
/** A dealer's shop lies within this of its prefecture's centre. */
const SHOP_RADIUS_KM = 18;

/** `options.dealers` dealers over the provinces by weight; every province used has one tier-1 dealer. */
export function makeDealers(
  options: SimulationOptions,
  prefectures: readonly Prefecture[],
  products: readonly Product[],
  random: Random,
): Dealer[] {
  const provinces = Object.entries(PROVINCE_WEIGHT)
    .map(([adcode, weight]) => ({
      adcode,
      weight,
      units: prefectures.filter((one) => one.province_adcode === adcode),
    }))
    .filter(({ units }) => units.length > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, Math.max(2, Math.min(31, Math.round(options.dealers / 10))));
  if (provinces.length === 0) throw new Error('the map has no province that dealers could be placed in');
  const first_tier = provinces
    .slice(0, options.dealers)
    .map(({ adcode, units }, i) =>
      makeDealer(options, products, random, i + 1, null, random.pick(units), adcode),
    );
  const rest = Array.from({ length: Math.max(0, options.dealers - first_tier.length) }, (_, i) => {
    const province = random.weighted(provinces, ({ weight }) => weight);
    const parent = first_tier.find((dealer) => dealer.prefecture.province_adcode === province.adcode) ?? null;
    const number = first_tier.length + i + 1;
    return makeDealer(
      options,
      products,
      random,
      number,
      parent,
      random.pick(province.units),
      province.adcode,
    );
  });
  return [...first_tier, ...rest];
}

function makeDealer(
  options: SimulationOptions,
  products: readonly Product[],
  random: Random,
  number: number,
  parent: Dealer | null,
  prefecture: Prefecture,
  province_adcode: string,
): Dealer {
  const tier = parent === null ? 1 : 2;
  const territory = tier === 1 ? province_adcode : prefecture.adcode;
  const life = lifeOf(options, tier, random);
  return {
    dealer_id: `D${String(number).padStart(4, '0')}`,
    name: `${prefecture.name.replace(/市$/, '')}${random.pick(NAME_PARTS)}${random.pick(NAME_KINDS)}`,
    tier,
    parent_dealer_id: parent?.dealer_id ?? '',
    territory_id: `T-${territory}`,
    territory_name: tier === 1 ? prefecture.province_name : prefecture.name,
    territory_adcodes: [territory],
    prefecture,
    position: placeNear(prefecture, [prefecture.lon, prefecture.lat], SHOP_RADIUS_KM, random),
    ...life,
    licence_expires_ms: options.start_ms + random.int(-20, 700) * DAY_MS,
    daily_units: random.logNormal(4, 0.6),
    // A tier-2 dealer can only hold what its supplier holds.
    range: parent === null ? rangeOf(products, 24, random) : rangeOf(parent.range, random.int(6, 11), random),
    scan_discipline: Math.min(0.998, random.between(0.93, 1.02)),
  };
}

/** The newest wave signs and starts within the simulated days; a few older dealers are suspended in their course. */
function lifeOf(options: SimulationOptions, tier: 1 | 2, random: Random) {
  const newcomer = tier === 2 && random.chance(0.1);
  const contracted_day = newcomer ? random.between(0, options.days) : -random.int(60, 900);
  const contracted_ms = options.start_ms + contracted_day * DAY_MS;
  const wave = newcomer ? 'W4' : contracted_day < -600 ? 'W1' : contracted_day < -300 ? 'W2' : 'W3';
  const leaves = tier === 2 && !newcomer && random.chance(0.015);
  return {
    wave,
    contracted_ms,
    active_ms: contracted_ms + random.between(4, 21) * DAY_MS,
    suspended_ms: leaves ? options.start_ms + random.between(0.3, 1) * options.days * DAY_MS : Infinity,
  };
}

/** Products drawn without repetition, each with its popularity as its chance. */
function rangeOf(products: readonly Product[], count: number, random: Random): Product[] {
  const left = [...products];
  const range: Product[] = [];
  while (range.length < count && left.length > 0) {
    const product = random.weighted(left, (one) => one.popularity);
    left.splice(left.indexOf(product), 1);
    range.push(product);
  }
  return range;
}

/** A position inside a prefecture within `radius_km` of `centre`; the centre itself when ten draws fall outside. */
export function placeNear(
  prefecture: Prefecture,
  centre: Position,
  radius_km: number,
  random: Random,
): Position {
  for (let draw = 0; draw < 10; draw++) {
    // The square root spreads the draws evenly over the disc.
    const position = destination(centre, random.between(0, 360), radius_km * Math.sqrt(random.float()));
    if (contains(prefecture.multipolygon, position)) return position;
  }
  return centre;
}
