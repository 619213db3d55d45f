import { isUtf8 } from 'node:buffer';
import type { Reason } from '../protocol/ports.ts';

/** The largest value that is stored. Events are some hundred bytes, a territory's geometry some hundred kilobytes. */
export const VALUE_BYTES_MAX = 1024 * 1024;

const OPEN = 0x7b;
const CLOSE = 0x7d;

/** What can be told of a value without parsing it: null when it looks like one JSON object with at least one field. */
export function inspectValue(value: Buffer | null): Reason | null {
  if (value === null || value.length === 0) return { code: 'empty', detail: 'the message has no value' };
  if (value.length > VALUE_BYTES_MAX) {
    return {
      code: 'too_large',
      detail: `the value has ${value.length} bytes; at most ${VALUE_BYTES_MAX} are stored`,
    };
  }
  const begin = objectBegin(value);
  const end = objectEnd(value);
  if (begin >= end || value[begin] !== OPEN || value[end] !== CLOSE) {
    return { code: 'not_an_object', detail: 'the value is not a JSON object' };
  }
  if (backOverSpace(value, end - 1) === begin) {
    return { code: 'empty_object', detail: 'the value is an object without fields' };
  }
  if (!isUtf8(value)) return { code: 'invalid_utf8', detail: 'the value is not valid UTF-8' };
  return null;
}

/** Index of the first byte that is no JSON white space (its length when there is none). */
export function objectBegin(value: Buffer): number {
  let index = 0;
  while (index < value.length && isSpace(value[index])) index += 1;
  return index;
}

/** Index of the last byte that is no JSON white space (−1 when there is none). */
export function objectEnd(value: Buffer): number {
  return backOverSpace(value, value.length - 1);
}

function backOverSpace(value: Buffer, from: number): number {
  let index = from;
  while (index >= 0 && isSpace(value[index])) index -= 1;
  return index;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
