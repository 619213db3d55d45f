import type { Accuracy } from '../../../models/forecast/accuracy.ts';
import { LEVELS } from '../../../models/forecast/forecaster.ts';

const LEVEL_NAMES = LEVELS.map((level) => `p${Math.round(level * 100)}`);

/** What each figure means, for those who read metrics.json. */
export const DEFINITIONS = {
  wape: 'Σ|actual − mean| ÷ Σactual',
  wape_median: 'Σ|actual − p50| ÷ Σactual',
  bias: 'Σ(mean − actual) ÷ Σactual',
  rmsse:
    'mean over series of √(mean squared error of the mean ÷ mean squared one-step change of the history)',
  mase: 'mean over series of mean absolute error of p50 ÷ mean absolute seasonal change of the history',
  wql: '2 Σ pinball loss ÷ Σactual, by quantile',
  coverage: 'share of actuals at or below the quantile',
} as const;

/** Accuracy as plain JSON: quantiles by name. */
export function accuracyJson(accuracy: Accuracy): Record<string, unknown> {
  const byLevel = (figures: readonly (number | null)[]): Record<string, number | null> =>
    Object.fromEntries(LEVEL_NAMES.map((name, at) => [name, figures[at] ?? null]));
  return { ...accuracy, wql: byLevel(accuracy.wql), coverage: byLevel(accuracy.coverage) };
}

/** A table for a terminal, one model a line. */
export function accuracyTable(accuracy: Readonly<Record<string, Accuracy>>): string {
  const head = ['model', 'WAPE', 'bias', 'RMSSE', 'MASE', 'WAPE50'];
  head.push(...LEVEL_NAMES.map((name) => `wQL ${name}`), ...LEVEL_NAMES.map((name) => `cover ${name}`));
  const lines = Object.entries(accuracy).map(([model, one]) => [
    model,
    ...[one.wape, one.bias, one.rmsse, one.mase, one.wape_median, ...one.wql, ...one.coverage].map(figure),
  ]);
  const widths = head.map((name, at) =>
    Math.max(name.length, ...lines.map((line) => (line[at] ?? '').length)),
  );
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

function figure(value: number | null): string {
  return value === null ? '-' : value.toFixed(4);
}
