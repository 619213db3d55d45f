import { isUnknown, numberCell } from './cells.ts';
import { fieldText, type DelimitedRow } from './delimited.ts';

const BLOCK = 2 ** 20;

/** Numbers that are appended, in blocks: growing never copies what is there. */
export class NumberColumn {
  readonly #make: (length: number) => Float32Array | Int32Array;
  readonly #blocks: (Float32Array | Int32Array)[] = [];
  length = 0;

  constructor(kind: 'float' | 'whole') {
    this.#make = (length) => (kind === 'float' ? new Float32Array(length) : new Int32Array(length));
  }

  push(value: number): void {
    const at = this.length % BLOCK;
    if (at === 0) this.#blocks.push(this.#make(BLOCK));
    (this.#blocks[this.#blocks.length - 1] as Float32Array)[at] = value;
    this.length++;
  }

  at(row: number): number {
    return (this.#blocks[Math.floor(row / BLOCK)] as Float32Array)[row % BLOCK] as number;
  }

  set(row: number, value: number): void {
    (this.#blocks[Math.floor(row / BLOCK)] as Float32Array)[row % BLOCK] = value;
  }
}

/** Gives each distinct text a code in the order of appearance; remembers the last one, as rows often repeat it. */
export class TextCodes {
  readonly texts: string[] = [];
  readonly #codes = new Map<string, number>();
  #last_bytes: Buffer = Buffer.alloc(0);
  #last_code = -1;

  /** Code of a field; −1 when it is empty. */
  code(row: DelimitedRow, field: number): number {
    const start = row.starts[field] as number;
    const end = row.ends[field] as number;
    if (this.#last_code >= 0 && this.#last_bytes.equals(row.bytes.subarray(start, end)))
      return this.#last_code;
    const text = fieldText(row, field);
    if (text === '') return -1;
    this.#last_bytes = Buffer.from(row.bytes.subarray(start, end));
    this.#last_code = this.codeOf(text);
    return this.#last_code;
  }

  codeOf(text: string): number {
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.texts.length;
      this.#codes.set(text, code);
      this.texts.push(text);
    }
    return code;
  }
}

/**
 * Known values among which a first text makes a column of numbers one of categories; later ones are wrong numbers, unless the column has
 * but a few different numbers, which may be names as well.
 */
const KIND_VALUES = 1000;
const FEW_NUMBERS = 8;
/** Share of numbers, of more than a few, from which on a column's texts are wrong numbers after all. */
const NUMBERS_SHARE = 0.95;
const TRUTHS: Readonly<Record<string, number>> = { true: 1, false: 0, yes: 1, no: 0, t: 1, f: 0, y: 1, n: 0 };

/** Code of an empty field in a column of categories. */
const NO_CATEGORY = -1;

/** A further column: numbers (NaN = unknown), until texts show that it holds categories (codes; NO_CATEGORY for an empty field). */
export class FurtherColumn {
  readonly name: string;
  readonly values = new NumberColumn('float');
  /** Null while the column holds numbers. */
  categories: TextCodes | null = null;
  #known = 0;
  readonly #few = new Set<number>();

  constructor(name: string) {
    this.name = name;
  }

  /** Takes a field; returns a text that is no number where one was expected, else null. */
  push(row: DelimitedRow, field: number): string | null {
    if (this.categories !== null) {
      this.values.push(this.#category(row, field));
      return null;
    }
    const value = numberCell(row, field);
    if (typeof value !== 'string') {
      this.values.push(value ?? Number.NaN);
      if (value !== null) this.#note(value);
      return null;
    }
    const truth = TRUTHS[value.toLowerCase()];
    if (truth === undefined && (this.#known < KIND_VALUES || this.#few.size <= FEW_NUMBERS)) {
      this.#becomeCategories();
      this.values.push(this.#category(row, field));
      return null;
    }
    this.values.push(truth ?? Number.NaN);
    this.#known++;
    return truth === undefined ? value : null;
  }

  /**
   * When all rows are in: a column of categories that are many different numbers but for a few texts, as prices with a slip among them, is
   * one of numbers. `wrong` is told of each row with such a text.
   */
  settle(wrong: (row: number, text: string) => void): void {
    if (this.categories === null) return;
    const { texts } = this.categories;
    const numbers = texts.map((text) => TRUTHS[text.toLowerCase()] ?? Number(text));
    const rows_of = new Float64Array(texts.length);
    for (let row = 0; row < this.values.length; row++) {
      const code = this.values.at(row);
      if (code !== NO_CATEGORY) (rows_of[code] as number)++;
    }
    const different = numbers.filter(Number.isFinite).length;
    const known = rows_of.reduce((sum, rows) => sum + rows, 0);
    const of_numbers = rows_of.reduce(
      (sum, rows, code) => sum + (Number.isFinite(numbers[code]) ? rows : 0),
      0,
    );
    if (different <= FEW_NUMBERS || of_numbers < NUMBERS_SHARE * known) return;
    this.categories = null;
    for (let row = 0; row < this.values.length; row++) {
      const code = this.values.at(row);
      const value = numbers[code] ?? Number.NaN;
      this.values.set(row, Number.isFinite(value) ? value : Number.NaN);
      if (code !== NO_CATEGORY && !Number.isFinite(value)) wrong(row, texts[code] ?? '');
    }
  }

  #note(value: number): void {
    this.#known++;
    if (this.#few.size <= FEW_NUMBERS) this.#few.add(value);
  }

  #category(row: DelimitedRow, field: number): number {
    const text = fieldText(row, field);
    return isUnknown(text) || this.categories === null ? NO_CATEGORY : this.categories.codeOf(plain(text));
  }

  #becomeCategories(): void {
    this.categories = new TextCodes();
    for (let row = 0; row < this.values.length; row++) {
      const value = this.values.at(row);
      this.values.set(row, Number.isNaN(value) ? NO_CATEGORY : this.categories.codeOf(String(value)));
    }
  }
}

/** A number's one spelling, the same before and after its column became one of categories; another text as it is. */
function plain(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) ? String(Math.fround(value)) : text;
}
