import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedName } from './repeated-name.ts';

const found = (text: string): string | undefined => repeatedName(text, JSON.parse(text));

describe('a name that an object has twice', () => {
  it.each([
    ['{"qty":1,"qty":100}', '/qty'],
    ['{"a":[{"b":1},{"b":1,"c":{"d":1,"d":2}}]}', '/a/1/c/d'],
    ['[{"a":1},{"a":1, "b" : "x:y", "a":2}]', '/1/a'],
    ['{"a/b":1,"a~b":2,"a/b":3}', '/a~1b'],
    // The same name, spelt in two ways.
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"":1,"":2}', '/'],
  ])('is found in %s', (text, pointer) => {
    expect(found(text)).toBe(pointer);
  });

  it.each([
    ['{"a":{"a":{"a":1}},"b":["a","a"]}'],
    ['{"a":"\\"b\\":1,\\"b\\":2","c":"\\\\"}'],
    ['[1,"x",null,{"time":"12:00:00"}]'],
    ['"a"'],
  ])('is not found in %s', (text) => {
    expect(found(text)).toBeUndefined();
  });

  it('is in no text that was made of a value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        expect(found(JSON.stringify(value, null, space))).toBeUndefined();
      }),
    );
  });

  it('is found wherever one is put in', () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), fc.jsonValue(), (name, one, other) => {
        const member = (value: unknown): string => `${JSON.stringify(name)} : ${JSON.stringify(value)}`;
        expect(found(`[{"x${member(one).slice(1)},${member(one)},${member(other)}}]`)).toBe(
          `/0/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
        );
      }),
    );
  });
});
