import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ApartError, RefusedError, type Block } from '../protocol/ports.ts';
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX } from './bounds.ts';
import type { Turns } from './turns.ts';

/** So long after the first of them others are waited for that have something to insert too. */
const BOARDING_MS = 2;
/** So long the insert waits for a block whose intent Kafka has not taken yet; the others then leave without it. */
const WAIT_MS_MAX = 100;
/** Time zones differ by quarters of an hour: blocks of one quarter are of one month in each of them, and so of one part. */
const QUARTER_MS = 900_000;

/** Sends blocks as one insert. @throws RefusedError when their data are wrong; any other error is unclear. */
export type SendBlocks = (
  blocks: ReadonlyMap<number, Block>,
  token: string,
  query_id: string,
) => Promise<void>;

/** A partition's place in the next insert. */
export interface Seat {
  /** Name of the shared insert; "" where nobody else came. */
  readonly name: string;
  /** Gives back its share of the turn: the insert waits for its block no longer. */
  release(): void;
  /** Its delivery is over, whatever became of it. */
  leave(): void;
}

/**
 * Inserts of one topic that partitions share: an insert costs ClickHouse about the same for one row as for a thousand, and for
 * all partitions as for one. Each keeps its own intent, read-back and repeats; only the first request of their small blocks is
 * made together. Being one block and so one part, it is stored or not as a whole.
 */
export class SharedInserts {
  readonly #send: SendBlocks;
  readonly #turns: Turns;
  readonly #watchers = new Set<() => void>();
  /** Those whose members' deliveries are not all over, by name. */
  readonly #flights = new Map<string, Flight>();
  #boarding: { readonly flight: Flight; readonly closed: Promise<void> } | null = null;

  constructor(send: SendBlocks, turns: Turns) {
    this.#send = send;
    this.#turns = turns;
  }

  /** Whether an insert is taking in blocks just now. */
  get isBoarding(): boolean {
    return this.#boarding !== null;
  }

  /** Calls back whenever an insert begins to take in blocks, until what is returned is called. */
  watch(onBoarding: () => void): () => void {
    this.#watchers.add(onBoarding);
    return () => this.#watchers.delete(onBoarding);
  }

  /** Takes a seat for a partition's block; resolves when the insert has its turn. */
  async board(partition: number, rows: number, bytes: number): Promise<Seat> {
    let boarding = this.#boarding;
    if (boarding === null || !boarding.flight.hasRoom(partition, rows, bytes)) boarding = this.#open();
    const { flight, closed } = boarding;
    flight.take(partition, rows, bytes);
    await closed;
    return flight.seatOf(partition);
  }

  /** A partition's block of the insert that its seat names. @throws ApartError when it is not in it; what `send` throws. */
  async insert(
    name: string,
    partition: number,
    block: Block,
    token: string,
    query_id: string,
  ): Promise<void> {
    const flight = this.#flights.get(name);
    if (flight === undefined) throw new ApartError(`the insert ${name} is over`);
    await flight.insert(partition, block, (blocks) => this.#send(blocks, token, query_id));
  }

  #open(): { readonly flight: Flight; readonly closed: Promise<void> } {
    const flight = new Flight({
      released: () => {
        this.#turns.give();
      },
      over: () => {
        this.#flights.delete(flight.name);
      },
    });
    this.#flights.set(flight.name, flight);
    const boarding = { flight, closed: this.#close(flight) };
    this.#boarding = boarding;
    for (const call of this.#watchers) call();
    return boarding;
  }

  /** While it waits for its turn, more may come. */
  async #close(flight: Flight): Promise<void> {
    await delay(BOARDING_MS);
    await this.#turns.take();
    if (this.#boarding?.flight === flight) this.#boarding = null;
    flight.close();
  }
}

interface Parcel {
  readonly block: Block;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One insert, from its first seat until the deliveries of all its members are over. */
class Flight {
  readonly name = randomBytes(9).toString('base64url');
  readonly #on: { readonly released: () => void; readonly over: () => void };
  #rows = 0;
  #bytes = 0;
  /** By partition: whether it is waited for, and holds a share of the turn. */
  readonly #members = new Map<number, { isHeld: boolean }>();
  readonly #parcels = new Map<number, Parcel>();
  #send: ((blocks: ReadonlyMap<number, Block>) => Promise<void>) | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isShared = false;
  #hasLeft = false;

  constructor(on: { readonly released: () => void; readonly over: () => void }) {
    this.#on = on;
  }

  /** A partition has one seat: one that was assigned anew must not take that of its former lane, which boards still. */
  hasRoom(partition: number, rows: number, bytes: number): boolean {
    const isBelow = this.#rows + rows <= BATCH_ROWS_MAX && this.#bytes + bytes <= BATCH_BYTES_MAX;
    return isBelow && !this.#members.has(partition);
  }

  take(partition: number, rows: number, bytes: number): void {
    this.#rows += rows;
    this.#bytes += bytes;
    this.#members.set(partition, { isHeld: true });
  }

  /** A member's seat, once all have boarded. */
  seatOf(partition: number): Seat {
    const release = (): void => {
      const member = this.#members.get(partition);
      if (member?.isHeld !== true) return;
      member.isHeld = false;
      if (![...this.#members.values()].some(({ isHeld }) => isHeld)) this.#on.released();
      this.#leaveIfComplete();
    };
    return {
      name: this.#isShared ? this.name : '',
      release,
      leave: () => {
        release();
        this.#members.delete(partition);
        if (this.#members.size === 0) this.#on.over();
      },
    };
  }

  /** All have boarded. */
  close(): void {
    this.#isShared = this.#members.size > 1;
  }

  /** All members' requests are the same but for their blocks: the last one's `send` sends them. */
  insert(
    partition: number,
    block: Block,
    send: (blocks: ReadonlyMap<number, Block>) => Promise<void>,
  ): Promise<void> {
    const [other] = this.#parcels.values();
    if (this.#hasLeft || (other !== undefined && quarterOf(other.block) !== quarterOf(block)))
      throw new ApartError(`the insert ${this.name} has left`);
    return new Promise((resolve, reject) => {
      this.#parcels.set(partition, { block, resolve, reject });
      this.#send = send;
      this.#timer ??= setTimeout(() => {
        this.#leave();
      }, WAIT_MS_MAX);
      this.#leaveIfComplete();
    });
  }

  #leaveIfComplete(): void {
    const isComplete = [...this.#members].every(
      ([partition, { isHeld }]) => !isHeld || this.#parcels.has(partition),
    );
    if (isComplete) this.#leave();
  }

  #leave(): void {
    if (this.#hasLeft || this.#send === null) return;
    this.#hasLeft = true;
    clearTimeout(this.#timer);
    const parcels = [...this.#parcels.values()];
    const blocks = new Map([...this.#parcels].map(([partition, { block }]) => [partition, block]));
    this.#send(blocks).then(
      () => {
        for (const { resolve } of parcels) resolve();
      },
      (error: unknown) => {
        // Whose data are wrong is found out by each for itself.
        const isOthers = error instanceof RefusedError && parcels.length > 1;
        const told = isOthers ? new ApartError('refused among others', { cause: error }) : error;
        for (const { reject } of parcels) reject(told);
      },
    );
  }
}

function quarterOf({ ingested_at_ms }: Block): number {
  return Math.floor(ingested_at_ms / QUARTER_MS);
}
