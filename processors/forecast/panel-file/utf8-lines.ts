import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import type { Problems } from './problems.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The bytes of a text file as UTF-8, whole lines at a time. Where a line is no UTF-8 it is GB18030, as the Excel of a Chinese Windows writes
 * CSV, and where it is not that either, Windows-1252, in which all bytes mean something: taken for UTF-8, two names would fall together,
 * and their series with them. UTF-16 is told by its byte-order mark. Lines that end with CR alone (Excel's "CSV (Macintosh)") end with LF.
 */
export async function* utf8Lines(chunks: AsyncIterable<Buffer>, problems: Problems): AsyncGenerator<Buffer> {
  const lines = new Utf8Lines(problems);
  let decoder: TextDecoder | null | undefined;
  let ends_with_cr: boolean | undefined;
  for await (const chunk of chunks) {
    if (decoder === undefined) decoder = isUtf16(chunk) ? new TextDecoder('utf-16le') : null;
    const bytes = decoder === null ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
    ends_with_cr ??= bytes.includes(CARRIAGE_RETURN) && !bytes.includes(LINE_FEED);
    if (ends_with_cr) endWithLineFeeds(bytes);
    const whole = lines.whole(bytes);
    if (whole.length > 0) yield whole;
  }
  const rest = lines.rest();
  if (rest.length > 0) yield rest;
}

const isUtf16 = (bytes: Buffer): boolean => bytes[0] === 0xff && bytes[1] === 0xfe;

function endWithLineFeeds(bytes: Buffer): void {
  for (let at = bytes.indexOf(CARRIAGE_RETURN); at >= 0; at = bytes.indexOf(CARRIAGE_RETURN, at + 1))
    bytes[at] = LINE_FEED;
}

class Utf8Lines {
  readonly #problems: Problems;
  readonly #gb18030 = new TextDecoder('gb18030', { fatal: true });
  readonly #windows1252 = new TextDecoder('windows-1252');
  #rest: Buffer = Buffer.alloc(0);
  #line = 1;

  constructor(problems: Problems) {
    this.#problems = problems;
  }

  /** The lines that these bytes end. */
  whole(bytes: Buffer): Buffer {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const end = all.lastIndexOf(LINE_FEED) + 1;
    this.#rest = all.subarray(end);
    return this.#utf8(all.subarray(0, end));
  }

  /** The last line, where nothing ends it. */
  rest(): Buffer {
    return this.#utf8(this.#rest);
  }

  #utf8(bytes: Buffer): Buffer {
    if (isUtf8(bytes)) {
      for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) this.#line++;
      return bytes;
    }
    const lines: Buffer[] = [];
    for (let from = 0; from < bytes.length; this.#line++) {
      const feed = bytes.indexOf(LINE_FEED, from);
      const line = bytes.subarray(from, feed < 0 ? bytes.length : feed + 1);
      lines.push(isUtf8(line) ? line : this.#decoded(line));
      from += line.length;
    }
    return Buffer.concat(lines);
  }

  #decoded(line: Buffer): Buffer {
    const text = this.#textOf(line);
    this.#problems.add('not_utf8', this.#line, '', text.trim());
    return Buffer.from(text);
  }

  #textOf(line: Buffer): string {
    try {
      return this.#gb18030.decode(line);
    } catch {
      return this.#windows1252.decode(line);
    }
  }
}
