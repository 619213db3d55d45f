import type { CaseCount } from '../../../server/cases/case-store.ts';

/** How many cases there are under the filters of the list, and would be under other ones. */
export class CaseCounts {
  readonly #of: ReadonlyMap<string, number>;
  /** Provinces in which cases were found: those with most of them first. */
  readonly places: readonly string[];

  constructor(counts: readonly CaseCount[]) {
    this.#of = new Map(counts.map(({ facet, value, cases }) => [`${facet}:${value}`, cases]));
    this.places = counts
      .filter(({ facet }) => facet === 'found')
      .toSorted((a, b) => b.cases - a.cases || a.value.localeCompare(b.value))
      .map(({ value }) => value);
  }

  /** All that fit. */
  get total(): number {
    return this.of('all', '');
  }

  /** Those that would fit if the filter chose the value. */
  of(facet: CaseCount['facet'], value: string): number {
    return this.#of.get(`${facet}:${value}`) ?? 0;
  }
}
