import { demandOf, firstSale, type Panel } from './panel.ts';

/** Products launched within the panel that a category has to have seen before it speaks for itself. */
const PRODUCTS_MIN = 3;

/**
 * Units a period that a dealer which orders a category orders, over the next h periods, of a product of it that was launched up to
 * `age_max` periods ago and that it has not ordered yet: over all products that were launched within the panel, all their ages
 * and all dealers of their category that had not ordered them at that age, Σ units in the h periods after ÷ how many those dealers
 * were ÷ h. Most of them never order it, and are in the mean as nothing: what the launches alone sold would be far too much
 * for a total. Of a category with few launches that of all; without any, the mean units a period of the category's series × the share
 * of its dealers that order one of its products. By series; null where the panel does not name `dealer`, `sku` and `category`.
 */
export function takeUp(
  panel: Panel,
  { origin, h, age_max }: { readonly origin: number; readonly h: number; readonly age_max: number },
): Float64Array | null {
  const codesOf = (name: string): Int32Array | undefined =>
    panel.statics.find((column) => column.name === name)?.codes;
  const [dealers, skus, categories] = [codesOf('dealer'), codesOf('sku'), codesOf('category')];
  if (dealers === undefined || skus === undefined || categories === undefined) return null;
  const begun = begunSeries(panel, origin);
  const members = new Map<number, Set<number>>();
  const by_sku = new Map<number, Begun[]>();
  for (const one of begun) {
    addTo(members, categories[one.series] as number, dealers[one.series] as number);
    const list = by_sku.get(skus[one.series] as number);
    if (list === undefined) by_sku.set(skus[one.series] as number, [one]);
    else list.push(one);
  }
  const all = new Rate();
  const of_category = new Map<number, Rate>();
  for (const series of by_sku.values()) {
    const category = categories[series[0]?.series ?? 0] as number;
    const launch = Math.min(...series.map(({ first }) => first));
    // What begins with the panel was not launched in it.
    if (launch < h) continue;
    const rate = of_category.get(category) ?? new Rate();
    of_category.set(category, rate);
    const last_age = Math.min(age_max, origin - h - launch);
    if (last_age < 0) continue;
    const eligible = members.get(category)?.size ?? 0;
    const sums = ordersAfter(panel, series, { launch, h, last_age, eligible });
    rate.add(sums);
    all.add(sums);
  }
  const dense = densities(begun, categories, skus, members, origin);
  return Float64Array.from({ length: panel.series_count }, (_, series) => {
    const category = categories[series] as number;
    const own = of_category.get(category);
    const rate = own !== undefined && own.products >= PRODUCTS_MIN ? own : all;
    return (rate.unitsPerDealer() ?? h * (dense.get(category) ?? 0)) / h;
  });
}

interface Begun {
  readonly series: number;
  readonly first: number;
  /** Units up to the origin. */
  readonly units: number;
}

function begunSeries(panel: Panel, origin: number): Begun[] {
  const begun: Begun[] = [];
  for (let series = 0; series < panel.series_count; series++) {
    const demand = demandOf(panel, series);
    const first = firstSale(demand, origin + 1);
    if (first < 0) continue;
    begun.push({ series, first, units: runningUnits(demand, origin)[origin] as number });
  }
  return begun;
}

function addTo(sets: Map<number, Set<number>>, key: number, value: number): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}

/** Units up to and including each period; what is missing counts as nothing. */
function runningUnits(demand: Float32Array, origin: number): Float64Array {
  const running = new Float64Array(origin + 1);
  let sum = 0;
  for (let t = 0; t <= origin; t++) running[t] = sum += Number.isNaN(demand[t]) ? 0 : (demand[t] as number);
  return running;
}

interface Launched {
  readonly launch: number;
  readonly h: number;
  readonly last_age: number;
  readonly eligible: number;
}

/** Over the ages of one product: dealers that had not ordered it, and the units that they did in the h periods after. */
function ordersAfter(
  panel: Panel,
  series: readonly Begun[],
  { launch, h, last_age, eligible }: Launched,
): { units: number; dealers: number } {
  const sums = { units: 0, dealers: 0 };
  for (let age = 0; age <= last_age; age++) {
    const begun = series.filter(({ first }) => first <= launch + age).length;
    sums.dealers += Math.max(0, eligible - begun);
  }
  for (const { series: one, first } of series) {
    const running = runningUnits(demandOf(panel, one), launch + last_age + h);
    for (let age = Math.max(0, first - launch - h); age <= Math.min(last_age, first - launch - 1); age++)
      sums.units += running[launch + age + h] as number;
  }
  return sums;
}

/** Sums over products and ages. */
class Rate {
  products = 0;
  #units = 0;
  #dealers = 0;

  add({ units, dealers }: { readonly units: number; readonly dealers: number }): void {
    this.products++;
    this.#units += units;
    this.#dealers += dealers;
  }

  /** Over one horizon; null where nothing was launched. */
  unitsPerDealer(): number | null {
    return this.#dealers > 0 ? this.#units / this.#dealers : null;
  }
}

/** By category: mean units a period of its series × share of its dealers that order one of its products. */
function densities(
  begun: readonly Begun[],
  categories: Int32Array,
  skus: Int32Array,
  members: ReadonlyMap<number, ReadonlySet<number>>,
  origin: number,
): Map<number, number> {
  const products = new Map<number, Set<number>>();
  const units = new Map<number, number>();
  for (const { series, first, units: sold } of begun) {
    const category = categories[series] as number;
    addTo(products, category, skus[series] as number);
    units.set(category, (units.get(category) ?? 0) + sold / (origin - first + 1));
  }
  return new Map(
    Array.from(units, ([category, sum]) => {
      const pairs = (products.get(category)?.size ?? 1) * (members.get(category)?.size ?? 1);
      return [category, sum / pairs];
    }),
  );
}
