import { beforeEach, describe, expect, it } from 'vitest';
import { ApartError, RefusedError, type Block } from '../protocol/ports.ts';
import { SharedInserts } from './shared-inserts.ts';
import { Turns } from './turns.ts';

const NOON_MS = Date.UTC(2026, 0, 31, 12);

function block(first: number, ingested_at_ms = NOON_MS): Block {
  return { first, last: first, n: 1, ingested_at_ms, hash: '', lines: Buffer.from(`${first}\n`) };
}

describe('inserts that partitions share', () => {
  let sent: number[][];
  let outcome: () => Promise<void>;
  let turns: Turns;
  let shared: SharedInserts;

  beforeEach(() => {
    sent = [];
    outcome = () => Promise.resolve();
    turns = new Turns(1);
    shared = new SharedInserts(async (blocks) => {
      sent.push([...blocks.keys()]);
      await outcome();
    }, turns);
  });

  const board = (...partitions: number[]) =>
    Promise.all(partitions.map((partition) => shared.board(partition, 1, 10)));
  const insert = (name: string, partition: number, at?: Block): Promise<void> =>
    shared.insert(name, partition, at ?? block(partition), 'token', 'query');

  it('leave as one when all blocks have come, with one turn, which comes back when all are done', async () => {
    const seats = await board(0, 1, 2);
    const [name] = new Set(seats.map((seat) => seat.name));
    expect(name).not.toBe('');
    await Promise.all([0, 1, 2].map((partition) => insert(name ?? '', partition)));
    expect(sent).toEqual([[0, 1, 2]]);
    let isFree = false;
    const next = turns.take().then(() => (isFree = true));
    seats[0]?.leave();
    seats[1]?.leave();
    await Promise.resolve();
    expect(isFree).toBe(false);
    seats[2]?.leave();
    await next;
    await expect(insert(name ?? '', 0)).rejects.toBeInstanceOf(ApartError);
  });

  it('have no name where only one has come', async () => {
    const [seat] = await board(3);
    expect(seat?.name).toBe('');
    seat?.leave();
    await turns.take();
  });

  it('take in who comes while the turn is waited for', async () => {
    await turns.take();
    const first = shared.board(0, 1, 10);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(shared.isBoarding).toBe(true);
    const second = shared.board(1, 1, 10);
    turns.give();
    expect((await first).name).toBe((await second).name);
    expect((await first).name).not.toBe('');
  });

  it('leave without whom they no longer wait for, and who is late goes apart', async () => {
    const [one, late] = await board(0, 1);
    const inserted = insert(one?.name ?? '', 0);
    expect(sent).toEqual([]);
    late?.release();
    await inserted;
    expect(sent).toEqual([[0]]);
    await expect(insert(one?.name ?? '', 1)).rejects.toBeInstanceOf(ApartError);
  });

  it('leave without whom they have waited for long enough', async () => {
    const [one] = await board(0, 1);
    await insert(one?.name ?? '', 0);
    expect(sent).toEqual([[0]]);
  });

  it('tell their members apart when they are refused, and one alone why', async () => {
    outcome = () => Promise.reject(new RefusedError({ code: 'unparsable', detail: 'x' }, null));
    const [seat] = await board(0, 1);
    const both = await Promise.allSettled([0, 1].map((partition) => insert(seat?.name ?? '', partition)));
    expect(both.map((one) => (one.status === 'rejected' ? (one.reason as unknown) : null))).toEqual([
      expect.any(ApartError),
      expect.any(ApartError),
    ]);

    turns.give();
    const [single, other] = await board(2, 3);
    other?.release();
    await expect(insert(single?.name ?? '', 2)).rejects.toBeInstanceOf(RefusedError);
  });

  it('tell every member of an unclear answer', async () => {
    outcome = () => Promise.reject(new Error('socket hang up'));
    const [seat] = await board(0, 1);
    const both = await Promise.allSettled([0, 1].map((partition) => insert(seat?.name ?? '', partition)));
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(both.some((one) => one.status === 'rejected' && one.reason instanceof ApartError)).toBe(false);
  });

  it('hold no blocks that could lie in different months', async () => {
    const [seat] = await board(0, 1);
    const name = seat?.name ?? '';
    const first = insert(name, 0, block(0, Date.UTC(2026, 0, 31, 23, 59, 59, 999)));
    await expect(insert(name, 1, block(1, Date.UTC(2026, 1, 1)))).rejects.toBeInstanceOf(ApartError);
    await first;
    expect(sent).toEqual([[0]]);
  });

  it('give a partition that was assigned anew a seat of its own while its former lane still boards', async () => {
    await turns.take();
    const former = Promise.all([shared.board(0, 1, 10), shared.board(1, 1, 10)]);
    const anew = Promise.all([shared.board(0, 1, 10), shared.board(1, 1, 10)]);
    turns.give();
    const fenced = await former;
    for (const seat of fenced) seat.leave();
    const [one, other] = await anew;
    expect(one.name).toBe(other.name);
    expect(fenced.map(({ name }) => name)).not.toContain(one.name);
    await Promise.all([insert(one.name, 0), insert(one.name, 1)]);
    expect(sent).toEqual([[0, 1]]);
  });

  it('hold no more than a block may', async () => {
    const [one, other] = await Promise.all(
      [shared.board(0, 60_000, 10), shared.board(1, 60_000, 10)].map(async (boarding) => {
        const seat = await boarding;
        const { name } = seat;
        seat.leave();
        return name;
      }),
    );
    expect([one, other]).toEqual(['', '']);
  });
});
