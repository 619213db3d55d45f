import { undefinedBecause, type Figure } from '../channel/figure.ts';

/** A level and the instant from which it holds, ms. */
export interface Level {
  readonly at_ms: number;
  readonly value: number;
}

/**
 * Time-weighted average of a level that is known at instants and holds until the next: Σ(value·Δt) ÷ ΣΔt over
 * [from_ms, to_ms], counted from the first known level on. Null when none is known before `to_ms`.
 * @param levels in order of time
 */
export function timeWeightedAverage(levels: readonly Level[], from_ms: number, to_ms: number): number | null {
  let area = 0;
  let time = 0;
  levels.forEach((level, i) => {
    const start = Math.max(from_ms, level.at_ms);
    const end = Math.min(to_ms, levels[i + 1]?.at_ms ?? to_ms);
    if (end <= start) return;
    area += level.value * (end - start);
    time += end - start;
  });
  return time > 0 ? area / time : null;
}

const DAYS_PER_YEAR = 365;

/**
 * Inventory turnover a year: COGS over a window ÷ the time-weighted average inventory value of it × 365 ÷ its days.
 * Undefined where the stock was worth nothing: a turnover of infinity says nothing about the channel.
 */
export function inventoryTurnover(cogs: number, average_value: number | null, days: number): Figure {
  if (average_value === null || days <= 0) return undefinedBecause('no stock snapshot in the window');
  if (average_value <= 0) return undefinedBecause('the stock of the window had no value');
  return { value: ((cogs / average_value) * DAYS_PER_YEAR) / days };
}

/** Days that the stock turns over in: 365 ÷ turnover. */
export function daysSalesOfInventory(turnover: Figure): Figure {
  if (turnover.value === null) return turnover;
  if (turnover.value <= 0) return undefinedBecause('nothing was sold in the window');
  return { value: DAYS_PER_YEAR / turnover.value };
}

/** Days that the available stock lasts at the expected demand: available ÷ mean daily demand. */
export function daysOfSupply(available: number, mean_daily_demand: number): Figure {
  if (mean_daily_demand <= 0) return undefinedBecause('no demand in the last 28 days');
  return { value: Math.max(0, available) / mean_daily_demand };
}
