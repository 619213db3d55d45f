import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problems } from './problems.ts';
import { utf8Lines } from './utf8-lines.ts';

async function read(bytes: Buffer, chunk = 5): Promise<{ text: string; problems: Problems }> {
  const problems = new Problems();
  const parts = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, at) =>
    Buffer.from(bytes.subarray(at * chunk, (at + 1) * chunk)),
  );
  const read: Buffer[] = [];
  for await (const lines of utf8Lines(streamOf(parts), problems)) read.push(lines);
  return { text: Buffer.concat(read).toString(), problems };
}

async function* streamOf(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield* parts;
}

/** 门店 (shop) and 商店 (store) as the Excel of a Chinese Windows writes them. */
const SHOP = Buffer.from([0xc3, 0xc5, 0xb5, 0xea]);
const STORE = Buffer.from([0xc9, 0xcc, 0xb5, 0xea]);
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the bytes of a panel file', () => {
  test('are left as they are where they are UTF-8, whatever the chunks', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '门', 'é', '😀', '\n', ','), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (written, chunk) => {
        // What ends all its lines with CR is another matter.
        const { text: back, problems } = await read(Buffer.from(written), chunk);
        expect(back).toBe(written);
        expect(problems.counts()).toEqual({});
      }),
    );
  });

  test('are names that stay apart where they are GBK, and the lines are told', async () => {
    const lines = [ascii('series_id,qty\n'), SHOP, ascii(',1\r\n'), STORE, ascii(',2')];
    const { text, problems } = await read(Buffer.concat(lines));
    expect(text).toBe('series_id,qty\n门店,1\r\n商店,2');
    expect(problems.summary()).toEqual([
      'not_utf8: 2 (first: line 2, column , "门店,1") → line read as GB18030 (GBK), where it is none as Windows-1252',
    ]);
  });

  test('are Windows-1252 where they are neither', async () => {
    expect((await read(ascii('s,q\ncaf\u00e9,1\n'))).text).toBe('s,q\ncafé,1\n');
  });

  test('are UTF-16 where a byte-order mark says so', async () => {
    const { text } = await read(Buffer.from('\ufeffseries_id\tqty\n门店\t1\n', 'utf16le'));
    expect(text.replace('\ufeff', '')).toBe('series_id\tqty\n门店\t1\n');
  });

  test('have lines where they end with CR alone', async () => {
    expect((await read(ascii('s,q\ra,1\rb,2\r'), 1000)).text).toBe('s,q\na,1\nb,2\n');
  });
});
