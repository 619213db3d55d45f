import { describe, expect, it } from 'vitest';
import { classify, type Evidence } from './classify.ts';
import { Findings } from './findings.ts';

const evidence = (changes: Partial<Evidence>): Evidence => ({
  given: new Map([0, 1, 2, 3].map((offset) => [offset, `digest ${offset}`])),
  given_bytes: new Map(),
  stored: new Map([0, 1, 2, 3].map((offset) => [offset, { rows: 1, digests: [`digest ${offset}`] }])),
  letters: new Map(),
  ...changes,
});
const judge = (changes: Partial<Evidence>): string[] => {
  const findings = new Findings();
  classify({ first: 0, last: 3 }, evidence(changes), findings);
  return findings.list.map(({ kind, first, last }) => `${kind} ${first}-${last}`);
};
const stored = (entries: [number, { rows: number; digests: string[] }][]): Partial<Evidence> => ({
  stored: new Map([...evidence({}).stored, ...entries]),
});
const only = (...offsets: number[]): Evidence['stored'] =>
  new Map([...evidence({}).stored].filter(([offset]) => offsets.includes(offset)));

describe('a range', () => {
  it('is clean when each message is one row of its content, or one dead letter of its bytes', () => {
    expect(judge({})).toEqual([]);
    expect(
      judge({
        stored: only(0, 1, 3),
        letters: new Map([[2, ['bytes']]]),
        given_bytes: new Map([[2, 'bytes']]),
      }),
    ).toEqual([]);
  });

  it('is clean where Kafka has no record and nothing is stored', () => {
    const given = new Map([...evidence({}).given].filter(([offset]) => offset !== 2));
    expect(judge({ given, stored: only(0, 1, 3) })).toEqual([]);
  });

  it('joins lost neighbours to one range', () => {
    expect(judge({ stored: only(0) })).toEqual(['lost 1-3']);
  });

  it('tells doubled, changed and unexplained rows apart', () => {
    expect(judge(stored([[1, { rows: 2, digests: ['digest 1'] }]]))).toEqual(['doubled 1-1']);
    expect(judge(stored([[1, { rows: 1, digests: ['another'] }]]))).toEqual(['changed 1-1']);
    expect(judge(stored([[1, { rows: 2, digests: ['digest 1', 'another'] }]]))).toEqual([
      'doubled 1-1',
      'changed 1-1',
    ]);
    const given = new Map([...evidence({}).given].filter(([offset]) => offset !== 2));
    expect(judge({ given })).toEqual(['unexplained 2-2']);
  });

  it('takes a row of what ClickHouse cannot read for changed', () => {
    expect(judge({ given: new Map([...evidence({}).given, [3, null]]) })).toEqual(['changed 3-3']);
  });

  it('takes a message that is a row and a dead letter for doubled, and a letter of other bytes for changed', () => {
    const letters = new Map([[2, ['bytes']]]);
    expect(judge({ letters, given_bytes: new Map([[2, 'bytes']]) })).toEqual(['doubled 2-2']);
    expect(judge({ stored: only(0, 1, 3), letters, given_bytes: new Map([[2, 'other']]) })).toEqual([
      'changed 2-2',
    ]);
  });
});
