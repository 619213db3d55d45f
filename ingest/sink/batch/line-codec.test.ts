import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Delivery } from '../protocol/ports.ts';
import { lineCodec as codec } from './line-codec.ts';
import { LinePlace, LineRun } from './line-run.ts';
import { VALUE_BYTES_MAX } from './splice.ts';

const INGESTED_AT_MS = Date.UTC(2026, 10, 30, 23, 59, 59, 999);
const place = new LinePlace('dms.scans.v1', 3);
const runOf = (deliveries: readonly Delivery[]): LineRun => {
  const run = LineRun.empty(place);
  for (const one of deliveries) run.push(one);
  return run;
};
const delivery = (value: string | Buffer | null, offset = 7): Delivery => ({
  offset,
  key: null,
  value: value === null ? null : Buffer.from(value),
});
const linesOf = (deliveries: readonly Delivery[]): unknown[] =>
  codec
    .encode(runOf(deliveries), INGESTED_AT_MS)
    .lines.toString()
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

describe('the block codec', () => {
  it('adds the place to any object, whatever its content and the white space around it', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, noNullPrototype: true });
    const space = fc.stringMatching(/^[ \t\r]*$/);
    fc.assert(
      fc.property(objects, space, space, (object, before, after) => {
        const sent = delivery(before + JSON.stringify(object) + after);
        expect(codec.inspect(sent)).toBeNull();
        const place = {
          _topic: 'dms.scans.v1',
          _partition: 3,
          _offset: 7,
          _ingested_at: '2026-11-30T23:59:59.999Z',
        };
        // Parsed, so that −0 and the order of keys are those of JSON.
        const expected: unknown = { ...(JSON.parse(JSON.stringify(object)) as object), ...place };
        expect(linesOf([sent])).toEqual([expected]);
      }),
    );
  });

  it('makes the same block of the same deliveries, and another digest when a byte or the instant differs', () => {
    const encode = (value: string, at_ms = INGESTED_AT_MS) => codec.encode(runOf([delivery(value)]), at_ms);
    expect(encode('{"a":1}')).toEqual(encode('{"a":1}'));
    expect(encode('{"a":1}').hash).not.toBe(encode('{"a":2}').hash);
    expect(encode('{"a":1}').hash).not.toBe(encode('{"a":1}', INGESTED_AT_MS + 1).hash);
  });

  it('says first, last and number of what it holds', () => {
    const deliveries = [5, 6, 7].map((offset) => delivery('{"a":1}', offset));
    expect(codec.encode(runOf(deliveries), INGESTED_AT_MS)).toMatchObject({ first: 5, last: 7, n: 3 });
  });

  it.each([
    [null, 'empty'],
    ['', 'empty'],
    [' \n', 'not_an_object'],
    ['{', 'not_an_object'],
    ['}', 'not_an_object'],
    ['[{"a":1}]', 'not_an_object'],
    ['"{}"', 'not_an_object'],
    ['{}', 'empty_object'],
    [' { \n } ', 'empty_object'],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'invalid_utf8'],
    [`{"a":"${'x'.repeat(VALUE_BYTES_MAX)}"}`, 'too_large'],
  ])('sees without parsing that a value cannot be stored (%#)', (value, code) => {
    expect(codec.inspect(delivery(value))?.code).toBe(code);
    const run = runOf([delivery('{"a":1}', 6), delivery(value, 7)]);
    expect(codec.areSound(run)).toBe(false);
    expect(run.at(1)).toEqual(delivery(value, 7));
  });
});

describe('a run of lines', () => {
  const deliveries = fc
    .array(
      fc.record({
        key: fc.option(fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes))),
        value: fc.oneof(
          fc
            .dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
            .map((o) => Buffer.from(JSON.stringify(o))),
          fc.constantFrom(' {"a":1}\n', '{}', 'no', '').map((text) => Buffer.from(text)),
          fc.constant(null),
        ),
      }),
      { minLength: 1, maxLength: 600 },
    )
    .map((list) => list.map((one, i) => ({ offset: 9_990 + i, ...one })));

  it('gives every delivery back, byte for byte, from the whole and from any slice of it', () => {
    fc.assert(
      fc.property(deliveries, fc.nat(600), fc.nat(600), (list, a, b) => {
        const run = runOf(list);
        expect(Array.from({ length: run.length }, (_, i) => run.at(i))).toEqual(list);
        const part = run.slice(Math.min(a, b), Math.max(a, b));
        expect(Array.from({ length: part.length }, (_, i) => part.at(i))).toEqual(
          list.slice(Math.min(a, b), Math.max(a, b)),
        );
        expect(run.at(-1)).toEqual(list.at(-1));
        expect(run.at(list.length)).toBeUndefined();
      }),
    );
  });

  it('encodes a slice to the same block as a run of the same deliveries alone', () => {
    const list = Array.from({ length: 900 }, (_, i) => delivery(`{"a":${i}}`, 95 + i));
    const part = runOf(list).slice(300, 700);
    expect(codec.encode(part, INGESTED_AT_MS)).toEqual(
      codec.encode(runOf(list.slice(300, 700)), INGESTED_AT_MS),
    );
  });

  it('is the same in the memory of another that was larger', () => {
    const list = Array.from({ length: 300 }, (_, i) => delivery(`{"a":${i}}`, 5 + i));
    const used = runOf(
      Array.from({ length: 900 }, (_, i) => delivery(i % 9 === 0 ? '{}' : `{"b":"${i}"}`, i)),
    );
    const run = LineRun.empty(place, used);
    for (const one of list) run.push(one);
    expect(codec.encode(run, INGESTED_AT_MS)).toEqual(codec.encode(runOf(list), INGESTED_AT_MS));
    expect(run.sound).toBe(true);
  });

  it('refuses an offset that does not follow', () => {
    expect(() => runOf([delivery('{"a":1}', 1), delivery('{"a":1}', 3)])).toThrow(
      'offset 3 does not follow 1',
    );
  });
});
