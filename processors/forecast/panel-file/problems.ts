import { stringify } from 'csv-stringify/sync';
import { ABSURD_TOLD } from '../../../models/forecast/absurd.ts';

/** Problems that are listed one by one at most; those beyond are counted. */
const LISTED_MAX = 100_000;

/** What can be wrong with a panel file, and what is done about it. */
const RULES = {
  not_utf8: 'line read as GB18030 (GBK), where it is none as Windows-1252',
  malformed_row: 'row left out: a quote that does not close, or a wrong number of fields',
  no_series: 'row left out: no series_id',
  bad_date: 'row left out: not a date (YYYY-MM-DD)',
  future_date: 'row left out: demand of a day that has not come yet',
  stray_date: 'row left out: far away from all other dates',
  bad_qty: 'demand taken as missing: not a number',
  absurd_qty: `demand taken as missing: ${ABSURD_TOLD} of its series`,
  negative_qty: 'demand taken as 0: negative',
  out_of_stock: 'demand taken as missing: out of stock',
  duplicate: 'row left out: of rows of the same series and date the last with a readable demand counts',
  bad_number: 'value taken as unknown: not a number in a column of numbers',
  bad_in_stock: 'taken as in stock: neither a number nor true or false',
  partial_week: 'rows left out: a week at the end that has not all its days',
  bad_term: 'value not used: a stock, lead time or cost that is no number or not possible',
  gap: 'dates without a row after the first row of their series: taken as said by --gaps',
  never_sold: 'series that never sold: forecast as other such series have gone on, mostly as 0',
  single_point: 'series with one known date',
} as const;
export type Rule = keyof typeof RULES;

export interface Problem {
  readonly rule: Rule;
  readonly line: number;
  readonly column: string;
  readonly value: string;
}

/** Collects what was wrong, with line and column. */
export class Problems {
  readonly #counts = new Map<Rule, number>();
  readonly #first = new Map<Rule, Problem>();
  readonly #listed: Problem[] = [];

  add(rule: Rule, line: number, column: string, value: string): void {
    const problem = { rule, line, column, value: value.slice(0, 80) };
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
    if (!this.#first.has(rule)) this.#first.set(rule, problem);
    if (this.#listed.length < LISTED_MAX) this.#listed.push(problem);
  }

  /** Counts something that has no line of its own. */
  count(rule: Rule, times: number): void {
    if (times > 0) this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + times);
  }

  counts(): Readonly<Partial<Record<Rule, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** A line for each rule: how often, where first, what was done. */
  summary(): string[] {
    return [...this.#counts].map(([rule, count]) => {
      const first = this.#first.get(rule);
      const where =
        first === undefined ? '' : ` (first: line ${first.line}, column ${first.column}, "${first.value}")`;
      return `${rule}: ${count}${where} → ${RULES[rule]}`;
    });
  }

  /** All listed problems as CSV: line, column, value, problem, what was done. */
  csv(): string {
    const rows = this.#listed.map(({ rule, line, column, value }) => [
      line,
      column,
      value,
      rule,
      RULES[rule],
    ]);
    return stringify([['line', 'column', 'value', 'problem', 'done'], ...rows]);
  }
}
