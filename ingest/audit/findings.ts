import { FINDINGS_MAX, type Finding, type FindingKind } from './report.ts';

interface OpenRange {
  readonly kind: FindingKind;
  readonly first: number;
  last: number;
  readonly detail: string;
}

/** Collects what is wrong with the offsets of one partition, neighbours joined to ranges. At most FINDINGS_MAX ranges. */
export class Findings {
  #ranges: OpenRange[] = [];
  /** The latest range of each kind and detail: the one that may go on. */
  readonly #latest = new Map<string, OpenRange>();
  #omitted = 0;

  /** Offsets must ascend within one kind for neighbours to be joined. */
  add(kind: FindingKind, first: number, last = first, detail = ''): void {
    const key = `${kind} ${detail}`;
    const open = this.#latest.get(key);
    if (open?.last === first - 1) {
      open.last = last;
    } else if (this.#ranges.length < FINDINGS_MAX) {
      const range = { kind, first, last, detail };
      this.#ranges.push(range);
      this.#latest.set(key, range);
    } else {
      this.#omitted += 1;
    }
  }

  /** Takes away what is unexplained below an offset: Kafka has forgotten its messages meanwhile. */
  excuseBelow(low: number): void {
    this.#ranges = this.#ranges.filter(({ kind, last }) => kind !== 'unexplained' || last >= low);
  }

  /** By offset. The last one says so when there were more than FINDINGS_MAX. */
  get list(): readonly Finding[] {
    const list: Finding[] = this.#ranges.map((range) => ({ ...range })).sort((a, b) => a.first - b.first);
    const last = list.at(-1);
    if (this.#omitted === 0 || last === undefined) return list;
    return [...list.slice(0, -1), { ...last, detail: `${last.detail} and ${this.#omitted} more`.trim() }];
  }
}
