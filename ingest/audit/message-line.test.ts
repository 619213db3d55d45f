import { describe, expect, it } from 'vitest';
import { messageLine } from './message-line.ts';

describe('a message as a line', () => {
  it('is its own bytes with the offset before them', () => {
    expect(messageLine(7, Buffer.from(' \n{"a":"é"}\r'))?.toString()).toBe('{"_offset":7,"a":"é"}\r\n');
    const invalid = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(messageLine(7, invalid)?.subarray(-3)).toEqual(Buffer.from([0xff, 0x7d, 0x0a]));
  });

  it('carries the place of a row when it is to be stored', () => {
    const place = { _topic: 't', _partition: 1, _ingested_at: '2026-01-01T00:00:00.000Z' };
    expect(JSON.parse(String(messageLine(7, Buffer.from('{"a":1}'), place)))).toEqual({
      ...place,
      _offset: 7,
      a: 1,
    });
  });

  it('is none where there is no object', () => {
    for (const value of [null, Buffer.from(''), Buffer.from(' '), Buffer.from('[{}]'), Buffer.from('7')])
      expect(messageLine(0, value)).toBeNull();
  });
});
