const OPEN = 0x7b;
const SPACES: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const LINE_END = Buffer.from('\n');

/** Where a row of the ledger came from. */
export interface Place {
  readonly _topic: string;
  readonly _partition: number;
  /** RFC 3339. */
  readonly _ingested_at: string;
}

/**
 * A message as a JSON line with its offset, and `place` if given, put first: `{"_offset":7,…`. null when it does not
 * begin like an object. (The sink puts them last: the two ways have nothing in common.)
 */
export function messageLine(offset: number, value: Buffer | null, place?: Place): Buffer | null {
  if (value === null) return null;
  let begin = 0;
  while (SPACES.has(value[begin])) begin += 1;
  if (value[begin] !== OPEN) return null;
  const head = `${JSON.stringify({ ...place, _offset: offset }).slice(0, -1)},`;
  return Buffer.concat([Buffer.from(head), value.subarray(begin + 1), LINE_END]);
}
