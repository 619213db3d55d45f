/** Offsets from `first` to `last`, both included. */
export interface OffsetRange {
  readonly first: number;
  readonly last: number;
}

/** How many offsets a range has. */
export function lengthOf({ first, last }: OffsetRange): number {
  return last - first + 1;
}

/** How many offsets some ranges have together. */
export function totalOf(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, range) => sum + lengthOf(range), 0);
}

/** Ascending offsets, each once, as the fewest ranges. */
export function rangesOf(offsets: Iterable<number>): OffsetRange[] {
  const ranges: { first: number; last: number }[] = [];
  for (const offset of offsets) {
    const open = ranges.at(-1);
    if (open !== undefined && offset === open.last + 1) open.last = offset;
    else ranges.push({ first: offset, last: offset });
  }
  return ranges;
}

/** A range in pieces of at most `length` offsets. */
export function* piecesOf({ first, last }: OffsetRange, length: number): Generator<OffsetRange> {
  for (let from = first; from <= last; from += length) {
    yield { first: from, last: Math.min(last, from + length - 1) };
  }
}

/** What of `range` none of `holes` covers. The holes may overlap and come in any order. */
export function without(range: OffsetRange, holes: readonly OffsetRange[]): OffsetRange[] {
  const left: OffsetRange[] = [];
  let from = range.first;
  for (const hole of [...holes].sort((a, b) => a.first - b.first)) {
    if (hole.last < from || hole.first > range.last) continue;
    if (hole.first > from) left.push({ first: from, last: hole.first - 1 });
    from = Math.max(from, hole.last + 1);
  }
  if (from <= range.last) left.push({ first: from, last: range.last });
  return left;
}
