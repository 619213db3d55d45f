import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeNote,
  encodeNote,
  queryIdOf,
  sharedNameOf,
  tokenOf,
  type CommitNote,
  type Intent,
} from './intent.ts';

const METADATA_CHARS_MAX = 4096;
const whole = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const intents: fc.Arbitrary<Intent> = fc.record({
  kind: fc.constantFrom('insert', 'dead_letter'),
  first: whole,
  last: whole,
  n: whole,
  hash: fc.stringMatching(/^[\w-]{0,22}$/),
  ingested_at_ms: whole,
  attempt: whole,
  salt: whole,
  shared: fc.oneof(fc.constant(''), fc.stringMatching(/^[\w-]{1,16}$/)),
});
const notes: fc.Arbitrary<CommitNote> = fc.record({
  open: fc.option(intents, { nil: null }),
  server_s: fc.option(whole, { nil: null }),
});

describe('an intent', () => {
  it('comes back from its commit unchanged, with what that says of the server, and fits into it', () => {
    fc.assert(
      fc.property(notes, (note) => {
        const metadata = encodeNote(note);
        expect(decodeNote(metadata)).toEqual(note);
        expect(metadata.length).toBeLessThan(METADATA_CHARS_MAX);
      }),
    );
  });

  it('is not read out of anything else', () => {
    for (const metadata of [
      '',
      'settled',
      'settled server=7',
      'v1',
      '1-2:2:x',
      'v1 insert 1-2:2:x at=1 attempt=0',
    ]) {
      expect(decodeNote(metadata).open).toBeNull();
    }
  });

  it('of another version keeps its bounds and gives up its digest', () => {
    const intent = decodeNote('v2 insert 10-19:10:abc at=5 attempt=0 salt=0').open;
    expect(intent).toMatchObject({ first: 10, last: 19, hash: '' });
  });

  it('keeps its token over its attempts, with a query id for each', () => {
    const name = { scope: 'dms/', topic: 't', partition: 2 };
    fc.assert(
      fc.property(intents, (intent) => {
        const again = { ...intent, attempt: intent.attempt + 1 };
        expect(tokenOf(name, again)).toBe(tokenOf(name, intent));
        expect(queryIdOf(name, again)).not.toBe(queryIdOf(name, intent));
        expect(tokenOf(name, { ...intent, salt: intent.salt + 1 })).not.toBe(tokenOf(name, intent));
      }),
    );
  });

  it('of a shared insert has one token and one query id in all partitions, until it goes by itself', () => {
    const [one, other] = [2, 3].map((partition) => ({ scope: 'dms/', topic: 't', partition }));
    const intent = decodeNote('v1 insert 10-19:10:abc at=5 attempt=0 salt=0 shared=x-1').open;
    if (one === undefined || other === undefined || intent === null) throw new Error('is an intent');
    expect(intent.shared).toBe('x-1');
    expect(tokenOf(one, intent)).toBe(tokenOf(other, intent));
    expect(queryIdOf(one, intent)).toBe(queryIdOf(other, intent));
    expect(sharedNameOf(queryIdOf(one, intent))).toBe('x-1');
    const repeated = { ...intent, attempt: 1 };
    expect(tokenOf(one, repeated)).toBe(tokenOf(one, intent));
    expect(queryIdOf(one, repeated)).not.toBe(queryIdOf(other, repeated));
    expect(sharedNameOf(queryIdOf(one, repeated))).toBeNull();
    const alone = { ...repeated, salt: 1 };
    expect(tokenOf(one, alone)).not.toBe(tokenOf(other, alone));
  });
});
