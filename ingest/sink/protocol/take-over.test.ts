import { describe, expect, it } from 'vitest';
import type { Partition } from './partition.ts';
import type { Ledger, MaxOffsets, PartitionLog } from './ports.ts';
import { takeOver } from './take-over.ts';

const SERVER_S = 1_800_000_000;
/** Where the last minute begins, to be copied again under another server. */
const RECENT = 990_000;

/** Takes over a partition that was left like this; the ranges that were copied again. */
async function copiesOf(
  commit: { readonly offset: number | null; readonly server_s: number },
  { stored, accounted }: Omit<MaxOffsets, 'server_s'>,
): Promise<(readonly [first: number, last: number])[]> {
  const copies: (readonly [number, number])[] = [];
  const unused = (): never => {
    throw new Error('not of a takeover without an open insert');
  };
  const log: PartitionLog = {
    committed: () =>
      Promise.resolve({ offset: commit.offset, metadata: `settled server=${commit.server_s}` }),
    bounds: () => Promise.resolve({ start: 0, end: 2_000_000 }),
    commit: unused,
    publishDeadLetter: unused,
  };
  const ledger: Ledger = {
    maxOffsets: () => Promise.resolve({ server_s: SERVER_S, stored, accounted }),
    recentFrom: () => Promise.resolve(RECENT),
    rederive: (first, last) => {
      copies.push([first, last]);
      return Promise.resolve();
    },
    insert: unused,
    kill: unused,
    count: unused,
    setAside: unused,
    isSetAside: unused,
    declareLoss: unused,
  };
  const partition: Partition = {
    name: { scope: 'test', topic: 'dms.scans.v1', partition: 0 },
    log,
    ledger,
    clock: { now_ms: () => 0, sleep: () => Promise.resolve() },
    tell: () => undefined,
    next: 0,
    unsettled: false,
    server_s: null,
  };
  await takeOver(partition);
  return copies;
}

const whole = { stored: 999_999, accounted: 999_999 };
/** The last five messages could not be stored. */
const withLetters = { stored: 999_999, accounted: 1_000_004 };

describe('a takeover', () => {
  it('copies nothing again of what is settled under the server that still runs', async () => {
    expect(await copiesOf({ offset: 1_000_000, server_s: SERVER_S }, whole)).toEqual([]);
    expect(await copiesOf({ offset: 1_000_005, server_s: SERVER_S }, withLetters)).toEqual([]);
  });

  it('copies the last minute again, and no more, of what is settled under a server that has ended', async () => {
    const server_s = SERVER_S - 600;
    expect(await copiesOf({ offset: 1_000_000, server_s }, whole)).toEqual([[RECENT, 999_999]]);
    expect(await copiesOf({ offset: 1_000_005, server_s }, withLetters)).toEqual([[RECENT, 999_999]]);
  });

  it('copies again what is stored beyond the commit', async () => {
    const server_s = SERVER_S;
    expect(await copiesOf({ offset: 999_000, server_s }, whole)).toEqual([[999_000, 999_999]]);
    expect(await copiesOf({ offset: 1_000_002, server_s }, withLetters)).toEqual([]);
  });

  it('copies again a million at most when Kafka has forgotten all commits', async () => {
    const stored = 1_499_999;
    const forgotten = { offset: null, server_s: SERVER_S };
    expect(await copiesOf(forgotten, { stored, accounted: stored })).toEqual([[500_000, stored]]);
  });
});
