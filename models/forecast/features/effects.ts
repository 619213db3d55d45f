import { demandOf, type Panel } from '../panel.ts';
import type { Factor } from './factors.ts';

/** Series that effects are learned from at most, evenly spread: they are common to all. */
const SERIES_MAX = 3000;
const PASSES = 6;
/** Share of the way (in logarithms) that each pass goes: with two factors that always come together, half is exact. */
const STEP = 0.5;
/** Share of all expected demand that is added, without an effect, to each code: a rare code is drawn towards 1. */
const SHRINKAGE = 0.0005;
const EFFECT_MIN = 0.1;
const EFFECT_MAX = 10;
/** Periods of the trailing level, in seasons of a week. */
const LEVEL_WEEKS = 8;

/**
 * What each code of each factor multiplies demand by. `shared` has the product over the factors that depend on the date alone,
 * by period; for a date of the past its own demand is left out, so that it is not explained by itself.
 */
export interface Effects {
  readonly factors: readonly Factor[];
  /** By factor, by code; 1 = no effect. */
  readonly by_code: readonly Float32Array[];
  /** By factor, by period: effect of a shared factor (own date left out); null for others. */
  readonly by_period: readonly (Float32Array | null)[];
}

/** Length of the window of the trailing level, in periods. */
export function levelWindow(panel: Panel): number {
  return Math.max(4, Math.round((LEVEL_WEEKS * 7) / panel.period_days));
}

/**
 * Learns the effects of all factors together, as a multiplicative Poisson model around each series' trailing level: by
 * iterative proportional fitting, effect of a code = Σ demand ÷ Σ (level × effects of the other factors) over its cells.
 * Looks at demand up to `origin`.
 */
export function learnEffects(panel: Panel, factors: readonly Factor[], origin: number): Effects {
  const effects: Effects = {
    factors,
    by_code: factors.map(({ code_count }) => new Float32Array(code_count).fill(1)),
    by_period: factors.map(({ shared }) => (shared ? new Float32Array(panel.periods).fill(1) : null)),
  };
  if (factors.length === 0) return effects;
  const stride = Math.max(1, Math.ceil(panel.series_count / SERIES_MAX));
  for (let pass = 0; pass < PASSES; pass++) {
    const sums = factors.map((factor) => new FactorSums(factor, panel.periods));
    const cells = new EffectCells(panel, effects);
    for (let series = 0; series < panel.series_count; series += stride) {
      cells.load(series);
      addSeries(panel, series, origin, cells, sums);
    }
    const step = factors.length === 1 ? 1 : STEP;
    sums.forEach((sum, at) => {
      sum.update(effects.by_code[at] as Float32Array, effects.by_period[at] ?? null, step);
    });
  }
  return effects;
}

/** Codes and effects of one series at a time, by period. */
export class EffectCells {
  /** By factor: the codes of the series, and their effects. */
  readonly codes: readonly Uint8Array[];
  readonly effects: readonly Float32Array[];
  /** Product of the effects of all factors. */
  readonly product: Float32Array;
  readonly #effects: Effects;

  constructor(panel: Panel, effects: Effects) {
    this.#effects = effects;
    this.codes = effects.factors.map((factor) => {
      const codes = new Uint8Array(panel.periods);
      if (factor.shared) factor.codes(0, codes);
      return codes;
    });
    this.effects = effects.factors.map((_, at) => effects.by_period[at] ?? new Float32Array(panel.periods));
    this.product = new Float32Array(panel.periods);
  }

  load(series: number): void {
    const { product } = this;
    product.fill(1);
    this.#effects.factors.forEach((factor, at) => {
      const codes = this.codes[at] as Uint8Array;
      const effects = this.effects[at] as Float32Array;
      if (!factor.shared) {
        factor.codes(series, codes);
        const by_code = this.#effects.by_code[at] as Float32Array;
        for (let t = 0; t < codes.length; t++) effects[t] = by_code[codes[t] as number] as number;
      }
      for (let t = 0; t < product.length; t++) (product[t] as number) *= effects[t] as number;
    });
    for (let t = 0; t < product.length; t++) product[t] = clamp(product[t] as number);
  }

  /** Effect of one factor on the loaded series at a period. */
  effect(factor: number, period: number): number {
    return (this.effects[factor] as Float32Array)[period] as number;
  }
}

/** Demand, and what was expected of it without the factor, by code and, for a shared factor, by period. */
interface Told {
  readonly sold: Float64Array;
  readonly expected: Float64Array;
  readonly sold_at: Float64Array;
  readonly expected_at: Float64Array;
}

class FactorSums {
  readonly lasting: boolean;
  readonly #shared_codes: Uint8Array | null;
  /** Of the first periods of series, whose level is made of little else than themselves, and of all others. */
  readonly #first: Told;
  readonly #later: Told;

  constructor(factor: Factor, periods: number) {
    this.lasting = factor.lasting;
    const nothing = (): Told => ({
      sold: new Float64Array(factor.code_count),
      expected: new Float64Array(factor.code_count),
      sold_at: new Float64Array(factor.shared ? periods : 0),
      expected_at: new Float64Array(factor.shared ? periods : 0),
    });
    this.#first = nothing();
    this.#later = nothing();
    this.#shared_codes = factor.shared ? new Uint8Array(periods) : null;
    if (this.#shared_codes !== null) factor.codes(0, this.#shared_codes);
  }

  /**
   * Adds the periods of a series up to `until`: its demand, and what all factors expect of it (NaN = it does not count), which this
   * one's `effect` is taken out of. Those before `settled` are its first ones.
   */
  add(
    demand: Float32Array,
    expected: Float64Array,
    codes: Uint8Array,
    effect: Float32Array,
    { settled, until }: { readonly settled: number; readonly until: number },
  ): void {
    const is_shared = this.#shared_codes !== null;
    for (let t = 0; t <= until; t++) {
      const of_others = (expected[t] as number) / (effect[t] as number);
      if (Number.isNaN(of_others)) continue;
      const told = t < settled ? this.#first : this.#later;
      const code = codes[t] as number;
      (told.sold[code] as number) += demand[t] as number;
      (told.expected[code] as number) += of_others;
      if (!is_shared) continue;
      (told.sold_at[t] as number) += demand[t] as number;
      (told.expected_at[t] as number) += of_others;
    }
  }

  /** Moves effects by `step` of the way to where sold = expected. */
  update(by_code: Float32Array, by_period: Float32Array | null, step: number): void {
    const sold = Float64Array.from(by_code, (_, code) => this.#told(code, 'sold', code));
    const expected = Float64Array.from(by_code, (_, code) => this.#told(code, 'expected', code));
    const usual = SHRINKAGE * expected.reduce((sum, value) => sum + value, 0);
    if (usual === 0) return;
    const moved = (effect: number, of_sold: number, of_expected: number): number =>
      clamp(effect ** (1 - step) * ((of_sold + usual) / (of_expected + usual)) ** step);
    this.#shared_codes?.forEach((code, t) => {
      if (by_period === null) return;
      const other_sold = (sold[code] as number) - this.#told(code, 'sold_at', t);
      const other_expected = (expected[code] as number) - this.#told(code, 'expected_at', t);
      by_period[t] = moved(by_period[t] as number, Math.max(0, other_sold), Math.max(0, other_expected));
    });
    for (let code = 0; code < by_code.length; code++)
      by_code[code] = moved(by_code[code] as number, sold[code] as number, expected[code] as number);
  }

  /**
   * What is told of a code, at a place of one of its sums. First periods count where later ones tell as much: alone, held against a level
   * made of themselves, their noise would grow with each pass.
   */
  #told(code: number, sum: keyof Told, at: number): number {
    const counts = (this.#later.sold[code] as number) >= (this.#first.sold[code] as number);
    return (this.#later[sum][at] as number) + (counts ? (this.#first[sum][at] as number) : 0);
  }
}

function clamp(effect: number): number {
  return Math.max(EFFECT_MIN, Math.min(EFFECT_MAX, effect));
}

function addSeries(
  panel: Panel,
  series: number,
  origin: number,
  cells: EffectCells,
  sums: readonly FactorSums[],
): void {
  const demand = demandOf(panel, series);
  const levels = new Float32Array(panel.periods);
  const window = levelWindow(panel);
  trailingLevels(demand, cells.product, window, origin, levels);
  const expected = new Float64Array(panel.periods);
  for (let t = 0; t <= origin; t++) {
    const level = levels[t] as number;
    expected[t] = level > 0 && !Number.isNaN(demand[t]) ? level * (cells.product[t] as number) : Number.NaN;
  }
  // In its first weeks a series' level is all of one month.
  const begun = demand.findIndex((qty) => !Number.isNaN(qty));
  sums.forEach((sum, at) => {
    const settled = sum.lasting ? begun + window : 0;
    const { codes, effects } = cells;
    sum.add(demand, expected, codes[at] as Uint8Array, effects[at] as Float32Array, {
      settled,
      until: origin,
    });
  });
}

/** Periods with known demand before a level is trusted. */
const LEVEL_SEEN_MIN = 4;

/**
 * Level of a series before each period up to `until`: Σ demand ÷ Σ effects over the known periods of the window before it. NaN
 * until enough is known.
 */
export function trailingLevels(
  demand: Float32Array,
  product: Float32Array,
  window: number,
  until: number,
  into: Float32Array,
): void {
  let sold = 0;
  let usual = 0;
  let seen = 0;
  for (let t = 0; t <= until; t++) {
    const gone = t - window - 1;
    if (gone >= 0 && !Number.isNaN(demand[gone])) {
      sold -= demand[gone] as number;
      usual -= product[gone] as number;
      seen--;
    }
    into[t] = seen >= LEVEL_SEEN_MIN ? Math.max(0, sold) / usual : Number.NaN;
    if (Number.isNaN(demand[t])) continue;
    sold += demand[t] as number;
    usual += product[t] as number;
    seen++;
  }
}
