import { gtin13 } from '../codes.ts';
import { fromYuan, share, type Tenthousandths } from '../money.ts';
import type { Random } from '../random.ts';

/** A product and its terms; prices per unit. */
export interface Product {
  readonly sku_id: string;
  readonly gtin: string;
  readonly name: string;
  readonly category: string;
  readonly brand: string;
  readonly unit_cost: Tenthousandths;
  readonly list_price: Tenthousandths;
  /** Units in a case; the channel orders and ships whole cases. */
  readonly pack_qty: number;
  readonly lead_time_days: number;
  readonly shelf_life_days: number;
  /** Share of all demand, by Zipf's law over the products: they sum to 1. */
  readonly popularity: number;
}

interface Line {
  readonly category: string;
  readonly brand: string;
  readonly names: readonly string[];
  readonly yuan: readonly [low: number, high: number];
  readonly pack_qty: readonly number[];
  readonly shelf_life_days: number;
}

/** Goods that are in truth diverted: dear, branded, priced by region. Brands are invented. */
const LINES: readonly Line[] = [
  {
    category: '白酒',
    brand: '青岭',
    names: ['窖藏 500ml', '珍藏 500ml', '陈酿 500ml', '小酌 100ml', '礼盒 2×500ml'],
    yuan: [128, 1180],
    pack_qty: [4, 6],
    shelf_life_days: 3650,
  },
  {
    category: '婴幼儿奶粉',
    brand: '启芽',
    names: ['1段 800g', '2段 800g', '3段 800g', '4段 800g', '有机3段 700g'],
    yuan: [168, 398],
    pack_qty: [6],
    shelf_life_days: 730,
  },
  {
    category: '保健食品',
    brand: '和元',
    names: ['蛋白粉 450g', '鱼油 100粒', '钙片 120粒', '维生素C 90片', '益生菌 30袋'],
    yuan: [69, 328],
    pack_qty: [6, 10],
    shelf_life_days: 730,
  },
  {
    category: '护肤品',
    brand: '沐兰',
    names: ['精华液 30ml', '面霜 50g', '洁面乳 120g', '面膜 10片', '防晒霜 60ml'],
    yuan: [59, 460],
    pack_qty: [6, 8, 12],
    shelf_life_days: 1095,
  },
  {
    category: '润滑油',
    brand: '劲驰',
    names: ['全合成 0W-20 4L', '全合成 5W-30 4L', '半合成 5W-40 4L', '齿轮油 1L', '刹车油 1L'],
    yuan: [48, 420],
    pack_qty: [4, 6],
    shelf_life_days: 1825,
  },
];

/** Exponent of Zipf's law: 0.9 gives the top fifth of 40 products about 60 % of demand. */
const ZIPF_EXPONENT = 0.9;

/** `count` products over all categories. */
export function makeProducts(count: number, random: Random): Product[] {
  const ranks = shuffled(
    Array.from({ length: count }, (_, i) => i + 1),
    random,
  );
  const total = ranks.reduce((sum, rank) => sum + rank ** -ZIPF_EXPONENT, 0);
  return ranks.map((rank, i) => {
    const line = LINES[i % LINES.length] ?? random.pick(LINES);
    const round = Math.floor(i / LINES.length);
    const edition = Math.floor(round / line.names.length);
    const list_price = fromYuan(Math.round(random.between(...line.yuan)));
    return {
      sku_id: `SKU-${String(i + 1).padStart(3, '0')}`,
      gtin: gtin13(i + 1),
      name: `${line.brand} ${line.names[round % line.names.length] ?? ''}${edition > 0 ? ` ${edition + 1}代` : ''}`,
      category: line.category,
      brand: line.brand,
      unit_cost: share(list_price, random.between(0.38, 0.5)),
      list_price,
      pack_qty: random.pick(line.pack_qty),
      lead_time_days: random.int(3, 6),
      shelf_life_days: line.shelf_life_days,
      popularity: rank ** -ZIPF_EXPONENT / total,
    };
  });
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((item) => ({ item, key: random.float() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
