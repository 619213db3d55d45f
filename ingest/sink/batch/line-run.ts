import type { Delivery } from '../protocol/ports.ts';
import type { GrowingRun } from '../protocol/run.ts';
import { BATCH_BYTES_MAX } from './bounds.ts';
import { inspectValue, objectBegin, objectEnd } from './splice.ts';

const CLOSE = 0x7d;
const ZERO = 0x30;
/** `2026-11-25T02:00:00.000Z` and after it `"}\n`: where the instant stands, counted from a line's end. */
const INSTANT_BYTES = 24;
const AFTER_INSTANT = Buffer.from('"}\n');
const BEFORE_OFFSET = Buffer.from(',"_offset":');
const OFFSET_DIGITS_MAX = 16;
const BYTES_FIRST = 64 * 1024;
const ROWS_FIRST = 256;
/** A batch at its bound, and the last line's place. */
const ROOM_MAX = BATCH_BYTES_MAX + 4096;
/** In the place of a key's length: there is no key. */
const NO_KEY = -1;

/** Where the deliveries come from: what all their lines have in common. */
export class LinePlace {
  /** After the offset: `,"_topic":"…","_partition":3,"_ingested_at":"`. */
  readonly after_offset: Buffer;

  constructor(topic: string, partition: number) {
    this.after_offset = Buffer.from(
      `,"_topic":${JSON.stringify(topic)},"_partition":${partition},"_ingested_at":"`,
    );
  }

  /** What a line has more than its value, at most. */
  get overhead_bytes(): number {
    return BEFORE_OFFSET.length + OFFSET_DIGITS_MAX + this.after_offset.length + INSTANT_BYTES + 2;
  }
}

interface Memory {
  lines: Buffer;
  /** End of each line. */
  ends: Uint32Array;
  keys: Buffer;
  key_lengths: Int32Array;
}

/** What a run and all slices of it share. */
interface Store extends Memory {
  readonly place: LinePlace;
  first: number;
  keys_bytes: number;
  /** Values that a line does not give back byte for byte: those with white space around, and unsound ones (whose line is empty). */
  readonly odd: Map<number, Buffer | null>;
  odd_bytes: number;
  sound: boolean;
}

/**
 * Deliveries as ready JSON lines in one buffer: the bytes of each value up to its last brace, before which its place in
 * Kafka is put. Nothing is parsed, and nothing of what was fetched is kept alive.
 */
export class LineRun implements GrowingRun<LineRun> {
  readonly #store: Store;
  readonly #begin: number;
  #end: number;

  private constructor(store: Store, begin: number, end: number) {
    this.#store = store;
    this.#begin = begin;
    this.#end = end;
  }

  /** An empty run, in the memory of one that is done with, if there is one: its slices must no longer be in use. */
  static empty(place: LinePlace, spare: LineRun | null = null): LineRun {
    const memory: Memory = spare === null ? freshMemory() : spare.#store;
    const { lines, ends, keys, key_lengths } = memory;
    const store: Store = {
      place,
      first: NaN,
      lines,
      ends,
      keys,
      key_lengths,
      keys_bytes: 0,
      odd: new Map(),
      odd_bytes: 0,
      sound: true,
    };
    return new LineRun(store, 0, 0);
  }

  get length(): number {
    return this.#end - this.#begin;
  }

  /** Of the whole that this is a slice of. */
  get bytes(): number {
    const { ends, keys_bytes, odd_bytes } = this.#store;
    return this.#lineEnd(this.#end - 1, ends) + keys_bytes + odd_bytes;
  }

  /** Whether every value that was pushed, here or into the run that this is a slice of, looks sound. */
  get sound(): boolean {
    return this.#store.sound;
  }

  /** Offset of the first delivery; NaN while there is none. */
  get first(): number {
    return this.#store.first + this.#begin;
  }

  /** Must be the next offset. */
  push(delivery: Delivery): void {
    const store = this.#store;
    const index = this.#end;
    if (index === 0) store.first = delivery.offset;
    if (delivery.offset !== store.first + index) {
      throw new RangeError(`offset ${delivery.offset} does not follow ${store.first + index - 1}`);
    }
    if (index === store.ends.length) growRows(store);
    const at = this.#lineEnd(index - 1, store.ends);
    store.ends[index] = at + writeLine(store, at, index, delivery);
    store.key_lengths[index] = writeKey(store, delivery.key);
    this.#end = index + 1;
  }

  at(index: number): Delivery | undefined {
    const row = index < 0 ? this.#end + index : this.#begin + index;
    if (row < this.#begin || row >= this.#end) return undefined;
    return { offset: this.#store.first + row, key: this.#keyOf(row), value: this.#valueOf(row) };
  }

  slice(begin: number, end = this.length): LineRun {
    return new LineRun(
      this.#store,
      Math.min(this.#begin + begin, this.#end),
      Math.min(this.#begin + end, this.#end),
    );
  }

  /** The lines, every one with this instant. The same bytes for the same deliveries and instant. */
  linesAt(ingested_at_ms: number): Buffer {
    const { lines, ends } = this.#store;
    const instant = Buffer.from(new Date(ingested_at_ms).toISOString(), 'latin1');
    const from_end = AFTER_INSTANT.length + INSTANT_BYTES;
    for (let row = this.#begin; row < this.#end; row += 1) {
      const at = this.#lineEnd(row, ends) - from_end;
      for (let i = 0; i < INSTANT_BYTES; i += 1) lines[at + i] = instant[i] ?? 0;
    }
    return lines.subarray(this.#lineEnd(this.#begin - 1, ends), this.#lineEnd(this.#end - 1, ends));
  }

  #lineEnd(row: number, ends: Uint32Array): number {
    return row < 0 ? 0 : (ends[row] ?? 0);
  }

  #valueOf(row: number): Buffer | null {
    const { odd, lines, ends, place, first } = this.#store;
    const original = odd.get(row);
    if (original !== undefined) return original;
    const begin = this.#lineEnd(row - 1, ends);
    const digits = String(first + row).length;
    const tail =
      BEFORE_OFFSET.length + digits + place.after_offset.length + INSTANT_BYTES + AFTER_INSTANT.length;
    const length = this.#lineEnd(row, ends) - begin - tail + 1;
    const value = Buffer.allocUnsafe(length);
    lines.copy(value, 0, begin, begin + length - 1);
    value[length - 1] = CLOSE;
    return value;
  }

  #keyOf(row: number): Buffer | null {
    const { keys, key_lengths } = this.#store;
    const length = key_lengths[row] ?? NO_KEY;
    if (length === NO_KEY) return null;
    let at = 0;
    for (let before = 0; before < row; before += 1) at += Math.max(0, key_lengths[before] ?? 0);
    return Buffer.from(keys.subarray(at, at + length));
  }
}

/** Writes a delivery's line at `at`; its length, 0 when the value is unsound. */
function writeLine(store: Store, at: number, index: number, { offset, value }: Delivery): number {
  if (value === null || inspectValue(value) !== null) {
    store.sound = false;
    keepAsItIs(store, index, value);
    return 0;
  }
  const begin = objectBegin(value);
  const end = objectEnd(value);
  if (begin > 0 || end < value.length - 1) keepAsItIs(store, index, value);
  const { after_offset, overhead_bytes } = store.place;
  if (at + end - begin + overhead_bytes > store.lines.length) {
    store.lines = grown(store.lines, at, at + end - begin + overhead_bytes);
  }
  const { lines } = store;
  let to = at + value.copy(lines, at, begin, end);
  lines.set(BEFORE_OFFSET, to);
  to = writeDigits(lines, to + BEFORE_OFFSET.length, offset);
  lines.set(after_offset, to);
  to += after_offset.length + INSTANT_BYTES;
  lines.set(AFTER_INSTANT, to);
  return to + AFTER_INSTANT.length - at;
}

function keepAsItIs(store: Store, index: number, value: Buffer | null): void {
  store.odd.set(index, value === null ? null : Buffer.from(value));
  store.odd_bytes += value?.length ?? 0;
}

/** Its length, or NO_KEY. */
function writeKey(store: Store, key: Buffer | null): number {
  if (key === null) return NO_KEY;
  if (store.keys_bytes + key.length > store.keys.length) {
    store.keys = grown(store.keys, store.keys_bytes, store.keys_bytes + key.length);
  }
  key.copy(store.keys, store.keys_bytes);
  store.keys_bytes += key.length;
  return key.length;
}

function writeDigits(lines: Buffer, at: number, number: number): number {
  const end = at + String(number).length;
  let rest = number;
  for (let to = end - 1; to >= at; to -= 1) {
    lines[to] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
}

function freshMemory(): Memory {
  return {
    lines: Buffer.allocUnsafeSlow(BYTES_FIRST),
    ends: new Uint32Array(ROWS_FIRST),
    keys: Buffer.allocUnsafeSlow(BYTES_FIRST),
    key_lengths: new Int32Array(ROWS_FIRST),
  };
}

/** Twice as large, but not beyond what a batch may have. */
function grown(buffer: Buffer, used: number, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(Math.min(buffer.length * 2, ROOM_MAX), needed));
  buffer.copy(larger, 0, 0, used);
  return larger;
}

function growRows(store: Store): void {
  const ends = new Uint32Array(store.ends.length * 2);
  ends.set(store.ends);
  store.ends = ends;
  const lengths = new Int32Array(store.key_lengths.length * 2);
  lengths.set(store.key_lengths);
  store.key_lengths = lengths;
}
