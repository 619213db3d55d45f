import type { BlockCodec } from '../deliver-run.ts';
import type { Delivery, Reason } from '../ports.ts';
import type { GrowingRun } from '../run.ts';
import type { Message } from './fake-kafka.ts';

/** A run of consecutive deliveries, as objects. */
export class FakeRun implements GrowingRun<FakeRun> {
  readonly bytes = 0;
  readonly #deliveries: Delivery[];

  constructor(deliveries: Delivery[] = []) {
    this.#deliveries = deliveries;
  }

  get length(): number {
    return this.#deliveries.length;
  }

  get deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  at(index: number): Delivery | undefined {
    return this.#deliveries.at(index);
  }

  slice(begin: number, end?: number): FakeRun {
    return new FakeRun(this.#deliveries.slice(begin, end));
  }

  push(delivery: Delivery): void {
    this.#deliveries.push(delivery);
  }
}

const ID_BYTES = 4;
const UNSOUND = 1;

/** A message's value is its id and whether it is unsound. */
export function messageOf(offset: number, id: number, kind: Message['kind']): Message {
  const value = Buffer.allocUnsafe(ID_BYTES + 1);
  value.writeUInt32LE(id, 0);
  value[ID_BYTES] = kind === 'unsound' ? UNSOUND : 0;
  return { offset, key: null, value, id, kind };
}

function inspect({ value }: Delivery): Reason | null {
  return value?.[ID_BYTES] === UNSOUND ? { code: 'not_an_object', detail: 'fake' } : null;
}

/** A block's lines are the ids of its messages, its digest says which they are and when it was made. */
export const fakeCodec: BlockCodec<FakeRun> = {
  inspect,
  areSound: (run) => run.deliveries.every((delivery) => inspect(delivery) === null),
  encode: (run, ingested_at_ms) => {
    const lines = Buffer.allocUnsafe(ID_BYTES * run.length);
    let digest = ingested_at_ms;
    run.deliveries.forEach(({ value }, index) => {
      const id = value?.readUInt32LE(0) ?? 0;
      lines.writeUInt32LE(id, index * ID_BYTES);
      digest = (Math.imul(digest, 31) + id) >>> 0;
    });
    const first = run.at(0)?.offset ?? NaN;
    const hash = digest.toString(36);
    return { first, last: first + run.length - 1, n: run.length, ingested_at_ms, hash, lines };
  },
};
