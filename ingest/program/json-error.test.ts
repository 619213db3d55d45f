import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonError } from './json-error.ts';

/** What V8 says of a text. `unfinished`: it names no character in it, but its end. */
function parsed(text: string): 'valid' | 'unfinished' | 'wrong' {
  try {
    JSON.parse(text);
    return 'valid';
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return message.includes('end of JSON') || position === String(text.length) ? 'unfinished' : 'wrong';
  }
}

describe('findJsonError', () => {
  it.each<[string, number, boolean]>([
    ['{"a":}', 5, false],
    ['{a:1}', 1, false],
    ['[1,]', 3, false],
    ['[1 2]', 3, false],
    ['{"a":1,}', 7, false],
    ['{"a" 1}', 5, false],
    ['{"a":1', 6, true],
    ['["abc', 5, true],
    ['[tru]', 4, false],
    ['[01]', 2, false],
    ['[1.]', 3, false],
    ['[1e]', 3, false],
    ['["\\x"]', 3, false],
    ['["\\u12g4"]', 6, false],
    ['["a\nb"]', 3, false],
    ['1 2', 2, false],
    ['', 0, true],
    ['NaN', 0, false],
    ["{'a':1}", 1, false],
    ['[}', 1, false],
    ['{]', 1, false],
    ['{}}', 2, false],
  ])('in %j is at %i', (text, position, atEnd) => {
    expect(findJsonError(text)).toEqual({ position, atEnd });
  });

  it('finds none in what JSON.parse takes', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2), (text, indent) => {
        expect(findJsonError(text)).toBeUndefined();
        expect(findJsonError(JSON.stringify(JSON.parse(text), null, indent))).toBeUndefined();
      }),
    );
  });

  it('finds one exactly where JSON.parse does: in a text with one character changed', () => {
    const changed = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '1', 'e', '.', '-', 'x', ' '),
      )
      .map(([text, at, c]) => text.slice(0, at % text.length) + c + text.slice((at % text.length) + 1));
    fc.assert(
      fc.property(changed, (text) => {
        const error = findJsonError(text);
        expect(error === undefined).toBe(parsed(text) === 'valid');
        if (!error || error.atEnd) return;
        // What lies before it can still become JSON; with the character at it, it cannot.
        expect(parsed(text.slice(0, error.position + 1))).toBe('wrong');
        expect(['valid', 'unfinished']).toContain(parsed(text.slice(0, error.position)));
      }),
      { numRuns: 2000 },
    );
  });

  it('goes as deep as a text can nest', () => {
    expect(findJsonError('['.repeat(1_000_000))).toEqual({ position: 1_000_000, atEnd: true });
  });
});
