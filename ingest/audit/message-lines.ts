import type { LogMessage } from './read-log.ts';

const OPEN = 0x7b;
const NEW_LINE = 0x0a;
const SPACES: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** `9007199254740991,` and the end of the line: what a line has beside its value and its head, at most. */
const LINE_BYTES_MAX = 18;

/** Where rows of the ledger came from. */
export interface Place {
  readonly _topic: string;
  readonly _partition: number;
  /** RFC 3339. */
  readonly _ingested_at: string;
}

/**
 * Messages as JSON lines, each with its offset, and `place` if given, put first: `{"_offset":7,…`. null when one of them
 * does not begin like an object. (The sink puts them last: the two ways have nothing in common.)
 */
export function messageLines(messages: readonly LogMessage[], place?: Place): Buffer | null {
  const head = JSON.stringify({ ...place, _offset: 0 }).slice(0, -2);
  let bytes_max = messages.length * (Buffer.byteLength(head) + LINE_BYTES_MAX);
  for (const { value } of messages) bytes_max += value?.length ?? 0;
  const lines = Buffer.allocUnsafe(bytes_max);
  let at = 0;
  for (const { offset, value } of messages) {
    const begin = value === null ? -1 : objectBegin(value);
    if (value === null || begin < 0) return null;
    at += lines.write(`${head}${offset},`, at);
    at += value.copy(lines, at, begin + 1);
    lines[at++] = NEW_LINE;
  }
  return lines.subarray(0, at);
}

/** Index of the opening brace; −1 when something else comes before it, or nothing. */
function objectBegin(value: Buffer): number {
  let begin = 0;
  while (SPACES.has(value[begin])) begin += 1;
  return value[begin] === OPEN ? begin : -1;
}
