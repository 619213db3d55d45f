import { describe, expect, it } from 'vitest';
import { messageLines } from './message-lines.ts';
import type { LogMessage } from './read-log.ts';

const message = (offset: number, value: Buffer | string | null): LogMessage => ({
  offset,
  key: null,
  value: value === null ? null : Buffer.from(value),
});

describe('messages as lines', () => {
  it('are their own bytes with the offset before them', () => {
    const messages = [message(7, ' \n{"a":"é"}\r'), message(9_007_199_254_740_991, '{}')];
    expect(messageLines(messages)?.toString()).toBe(
      '{"_offset":7,"a":"é"}\r\n{"_offset":9007199254740991,}\n',
    );
    const invalid = Buffer.from([0x7b, 0xff, 0x7d]);
    expect(messageLines([message(7, invalid)])?.subarray(-3)).toEqual(Buffer.from([0xff, 0x7d, 0x0a]));
  });

  it('carry the place of a row when they are to be stored', () => {
    const place = { _topic: 't', _partition: 1, _ingested_at: '2026-01-01T00:00:00.000Z' };
    const line = messageLines([message(10, '{"a":1}')], place);
    expect(JSON.parse(String(line))).toEqual({ ...place, _offset: 10, a: 1 });
  });

  it('are none as soon as one is no object', () => {
    for (const value of [null, '', ' ', '[{}]', '7'])
      expect(messageLines([message(0, '{"a":1}'), message(1, value)])).toBeNull();
  });
});
