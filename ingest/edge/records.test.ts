import { describe, expect, it } from 'vitest';
import { ARRAY_EVENTS_MAX, readRecords } from './records.ts';

const json = (text: string) => [...readRecords(Buffer.from(text), 'json')];
const ndjson = (text: string) => [...readRecords(Buffer.from(text), 'ndjson')];

describe('readRecords', () => {
  it('reads one value and an array of one alike, and says which was the body', () => {
    expect(json('[{"a":1}]')).toEqual([{ index: 0, value: { a: 1 } }]);
    expect(json('{"a":1}')).toEqual([{ index: 0, isBody: true, value: { a: 1 } }]);
  });

  it('reads NDJSON with LF, CRLF, blank lines, a byte order mark or no last newline as the same records', () => {
    const records = [
      { index: 0, value: 1 },
      { index: 1, value: 2 },
    ];
    expect(ndjson('1\n2')).toEqual(records);
    expect(ndjson('\ufeff1\r\n2\r\n')).toEqual(records);
    expect(ndjson('1\n\n \n2\n').map((record) => record.index)).toEqual([0, 3]);
  });

  it('makes a line that is no JSON a record of its own', () => {
    expect(ndjson('1\n{"a":\n3')).toEqual([
      { index: 0, value: 1 },
      { index: 1, malformed: expect.stringMatching(/position 5/) as string },
      { index: 2, value: 3 },
    ]);
  });

  it('makes a record of its own of what names a field twice, and reads the others', () => {
    const read = [
      { index: 0, value: { a: [1, { b: ',' }] } },
      { index: 1, repeated: '/a' },
      { index: 2, value: 'x,[' },
    ];
    expect(json('[{"a":[1,{"b":","}]} , {"a":1,"a":2},"x,["]')).toEqual(read);
    expect(ndjson('{"a":[1,{"b":","}]}\n{"a":1,"a":2}\n"x,["')).toEqual(read);
    expect(json('{"a":{"b":1,"b":1}}')).toEqual([{ index: 0, isBody: true, repeated: '/a/b' }]);
  });

  it.each([
    ['{"a":}', /position 5/],
    ['[1,2', /position 4/],
    ['nonsense', /position/],
    ['{"a":1}{"a":2}', /position 7/],
  ])('refuses the JSON %s with 400 and the position', (text, detail) => {
    expect(() => json(text)).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringMatching(detail) as string }),
    );
  });

  it.each([
    ['a stray byte', [0x22, 0xff, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['half a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a cut-off character', [0x22, 0xe4, 0xb8]],
    ['GBK', [0x22, 0xd6, 0xd0, 0x22]],
  ])('refuses bytes that are no UTF-8 with 400: %s', (_what, bytes) => {
    expect(() => readRecords(Buffer.from(bytes), 'ndjson')).toThrow(expect.objectContaining({ status: 400 }));
  });

  it.each(['', ' \n\t', '[]'])('refuses %j with 422: there is no event in it', (text) => {
    expect(() => json(text)).toThrow(expect.objectContaining({ status: 422 }));
  });

  it('takes the longest array and refuses a longer one with 413', () => {
    const array = (length: number) => JSON.stringify(Array.from({ length }, () => 0));
    expect(json(array(ARRAY_EVENTS_MAX))).toHaveLength(ARRAY_EVENTS_MAX);
    expect(() => json(array(ARRAY_EVENTS_MAX + 1))).toThrow(expect.objectContaining({ status: 413 }));
  });

  it('survives nesting as deep as a body can be', () => {
    expect(() => json('['.repeat(8_000_000))).toThrow(expect.objectContaining({ status: 400 }));
  });
});
