const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A quoted field longer than this was never closed: the quote is taken back and the row is malformed. */
const FIELD_BYTES_MAX = 65_536;
const FIELDS_MAX = 1024;

/** One row of a delimited file as positions in its bytes: valid only during the call that hands it out. */
export interface DelimitedRow {
  readonly bytes: Buffer;
  /** Line of the file, from 1, that the row begins in. */
  readonly line: number;
  readonly fields: number;
  /** Begin and end of each field, quotes left out. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 where a quoted field holds doubled quotes, to be undone. */
  readonly escaped: Uint8Array;
  /** The row has a quote that does not close, or more than FIELDS_MAX fields. */
  readonly malformed: boolean;
}

/**
 * Splits a stream of bytes into rows and fields by RFC 4180 (quotes, doubled quotes, line breaks within quotes, LF or CRLF, a
 * byte-order mark, blank lines left out) without making a string: panels have tens of millions of rows. Holds one chunk and
 * the unfinished row before it.
 */
export class DelimitedReader {
  readonly #on_row: (row: DelimitedRow) => void;
  readonly #delimiter: number;
  readonly #starts = new Int32Array(FIELDS_MAX);
  readonly #ends = new Int32Array(FIELDS_MAX);
  readonly #escaped = new Uint8Array(FIELDS_MAX);
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;
  #begun = false;

  constructor(delimiter: string, on_row: (row: DelimitedRow) => void) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#on_row = on_row;
  }

  push(chunk: Buffer): void {
    this.#consume(this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk, false);
  }

  end(): void {
    this.#consume(this.#rest, true);
  }

  #consume(bytes: Buffer, final: boolean): void {
    let at = 0;
    if (!this.#begun && (bytes.length >= 3 || final)) {
      this.#begun = true;
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
    }
    while (at < bytes.length) {
      const next = this.#row(bytes, at, final);
      if (next < 0) break;
      at = next;
    }
    this.#rest = bytes.subarray(at);
  }

  /** Hands out the row at `from`; returns where the next begins, −1 when the row is not complete yet. */
  #row(bytes: Buffer, from: number, final: boolean): number {
    let fields = 0;
    let at = from;
    let lines = 0;
    for (;;) {
      if (fields === FIELDS_MAX) return this.#malformed(bytes, from, fields, final);
      let end: number;
      this.#escaped[fields] = 0;
      if (bytes[at] === QUOTE) {
        const close = closingQuote(bytes, at + 1);
        if (close < 0) {
          if (!final && bytes.length - at <= FIELD_BYTES_MAX) return -1;
          return this.#malformed(bytes, from, fields, final);
        }
        this.#starts[fields] = at + 1;
        this.#ends[fields] = close;
        const inside = bytes.subarray(at + 1, close);
        if (inside.includes(QUOTE)) this.#escaped[fields] = 1;
        lines += count(inside, LINE_FEED);
        end = close + 1;
        while (end < bytes.length && bytes[end] !== this.#delimiter && bytes[end] !== LINE_FEED) end++;
      } else {
        end = at;
        while (end < bytes.length && bytes[end] !== this.#delimiter && bytes[end] !== LINE_FEED) end++;
        this.#starts[fields] = at;
        this.#ends[fields] =
          bytes[end] === LINE_FEED && bytes[end - 1] === CARRIAGE_RETURN && end > at ? end - 1 : end;
      }
      if (end >= bytes.length && !final) return -1;
      fields++;
      if (end >= bytes.length || bytes[end] === LINE_FEED) {
        this.#give(bytes, fields, false, from, end);
        this.#line += lines + 1;
        return end + 1;
      }
      at = end + 1;
    }
  }

  #malformed(bytes: Buffer, from: number, fields: number, final: boolean): number {
    const end = bytes.indexOf(LINE_FEED, from);
    if (end < 0 && !final) return -1;
    this.#give(bytes, fields, true, from, end < 0 ? bytes.length : end);
    this.#line++;
    return end < 0 ? bytes.length : end + 1;
  }

  #give(bytes: Buffer, fields: number, malformed: boolean, from: number, to: number): void {
    const blank = to <= from || (to === from + 1 && bytes[from] === CARRIAGE_RETURN);
    if (blank) return;
    this.#on_row({
      bytes,
      line: this.#line,
      fields,
      starts: this.#starts,
      ends: this.#ends,
      escaped: this.#escaped,
      malformed,
    });
  }
}

/** Position of the quote that closes a field begun before `from`; −1 when it is not in these bytes. */
function closingQuote(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    // At the very end the next byte might double it.
    if (quote < 0) return -1;
    if (bytes[quote + 1] !== QUOTE) return quote;
    at = quote + 2;
  }
}

function count(bytes: Buffer, byte: number): number {
  let times = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) times++;
  return times;
}

/** Text of a field, trimmed, doubled quotes undone. */
export function fieldText(row: DelimitedRow, field: number): string {
  const text = row.bytes.toString('utf8', row.starts[field], row.ends[field]).trim();
  return row.escaped[field] === 1 ? text.replaceAll('""', '"') : text;
}
