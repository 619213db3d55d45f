import { demandOf, type Panel } from '../panel.ts';
import { EffectCells, levelWindow, trailingLevels, type Effects } from './effects.ts';

/**
 * Running sums over one series, loaded one series at a time, so that any window's mean at any origin costs two look-ups. Index
 * t + 1 of a running sum holds the sum up to and including period t. Demand after `until` is not looked at.
 */
export class SeriesHistory {
  /** Demand; NaN = missing. Beyond `until` it must not be read. */
  demand: Float32Array = new Float32Array(0);
  /** First period with a sale, −1 if none. */
  first = -1;
  readonly cells: EffectCells;
  readonly levels: Float32Array;
  readonly #panel: Panel;
  readonly #sold: Float64Array;
  readonly #usual: Float64Array;
  readonly #squares: Float64Array;
  readonly #known: Int32Array;
  readonly #sales: Int32Array;
  /** Last period with a sale at or before t; −1 if none. */
  readonly last_sale: Int32Array;
  /** Sums over the periods of the same phase of the season. */
  readonly #phase_sold: Float64Array;
  readonly #phase_usual: Float64Array;

  constructor(panel: Panel, effects: Effects) {
    this.#panel = panel;
    this.cells = new EffectCells(panel, effects);
    const { periods } = panel;
    this.levels = new Float32Array(periods);
    this.#sold = new Float64Array(periods + 1);
    this.#usual = new Float64Array(periods + 1);
    this.#squares = new Float64Array(periods + 1);
    this.#known = new Int32Array(periods + 1);
    this.#sales = new Int32Array(periods + 1);
    this.last_sale = new Int32Array(periods);
    this.#phase_sold = new Float64Array(periods);
    this.#phase_usual = new Float64Array(periods);
  }

  /** Reads a series; periods up to and including its first sale count as missing. */
  load(series: number, until: number): void {
    this.cells.load(series);
    const demand = demandOf(this.#panel, series);
    this.demand = demand;
    const { product } = this.cells;
    const season = Math.max(1, this.#panel.season_length);
    const running_sold = this.#sold;
    const running_usual = this.#usual;
    const running_squares = this.#squares;
    const running_known = this.#known;
    const running_sales = this.#sales;
    const phase_sold = this.#phase_sold;
    const phase_usual = this.#phase_usual;
    const last_sale = this.last_sale;
    let first = -1;
    let last = -1;
    let [all_sold, all_usual, all_squares, all_known, all_sales] = [0, 0, 0, 0, 0];
    for (let t = 0; t <= until; t++) {
      const qty = demand[t] as number;
      if (first < 0 && qty > 0) first = t;
      if (qty > 0) last = t;
      // A history begins because something was sold then: counted in, a level would be too high for as long as a window holds it.
      const known = first >= 0 && t > first && !Number.isNaN(qty);
      const sold = known ? qty : 0;
      const usual = known ? (product[t] as number) : 0;
      running_sold[t + 1] = all_sold += sold;
      running_usual[t + 1] = all_usual += usual;
      running_squares[t + 1] = all_squares += sold * sold;
      running_known[t + 1] = all_known += known ? 1 : 0;
      running_sales[t + 1] = all_sales += sold > 0 ? 1 : 0;
      last_sale[t] = last;
      phase_sold[t] = (t >= season ? (phase_sold[t - season] as number) : 0) + sold;
      phase_usual[t] = (t >= season ? (phase_usual[t - season] as number) : 0) + usual;
    }
    this.first = first;
    trailingLevels(demand, product, levelWindow(this.#panel), until, this.levels);
  }

  /** Sum of demand over the `window` periods up to and including `t`. */
  sold(t: number, window: number): number {
    return span(this.#sold, t, window);
  }

  /** Sum of the effects over the known periods of the window: demand ÷ this is the level. */
  usual(t: number, window: number): number {
    return span(this.#usual, t, window);
  }

  squares(t: number, window: number): number {
    return span(this.#squares, t, window);
  }

  /** Periods of the window whose demand is known. */
  known(t: number, window: number): number {
    return span(this.#known, t, window);
  }

  /** Periods of the window with a sale. */
  sales(t: number, window: number): number {
    return span(this.#sales, t, window);
  }

  /** Level over the window, Σ demand ÷ Σ effects; NaN when nothing is known. */
  level(t: number, window: number): number {
    const usual = this.usual(t, window);
    return usual > 0 ? this.sold(t, window) / usual : Number.NaN;
  }

  /** Level over the last `count` periods of t's phase of the season, t the last of them. */
  phaseLevel(t: number, count: number): number {
    if (t < 0) return Number.NaN;
    const season = Math.max(1, this.#panel.season_length);
    const before = t - count * season;
    const usual =
      (this.#phase_usual[t] as number) - (before >= 0 ? (this.#phase_usual[before] as number) : 0);
    const sold = (this.#phase_sold[t] as number) - (before >= 0 ? (this.#phase_sold[before] as number) : 0);
    return usual > 1e-9 ? sold / usual : Number.NaN;
  }
}

/** Sum over `window` periods ending at t; a window that reaches back before the first period is cut there. */
function span(running: Float64Array | Int32Array, t: number, window: number): number {
  if (t < 0) return 0;
  return (running[t + 1] as number) - (running[Math.max(0, t + 1 - window)] as number);
}
