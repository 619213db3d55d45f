import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { AuditResult } from '../../ingest/audit/audit.ts';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { auditWhenDrained, drained, faultsIn, sumOf, type Audited } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { Feed } from './support/feed.ts';
import { Fleet } from './support/fleet.ts';
import type { Moment, Step } from './support/steps.ts';

const DYING_SINK = 'tests/faults/support/dying-sink.ts';
/** What the one before held is free at once; then the takeover. */
const DEATH_WITHIN_MS = 60_000;
/** Scans in each of the four partitions before each death. */
const PER_PARTITION = 100;
const TORN = '{"torn":';

interface Death {
  readonly step: Step;
  readonly moment: Moment;
  /** At one of the first so many calls of that step, by chance. */
  readonly among: number;
}
const dies = (step: Step, among = 1): Death[] => [
  { step, moment: 'before', among },
  { step, moment: 'after', among },
];

/** One sink after the other, each dying at another step. They take what the one before has left, so the order matters. */
const LIVES: readonly (readonly [name: string, deaths: readonly Death[]])[] = [
  ['its takeover', [...dies('committed', 40), ...dies('maxOffsets', 40), ...dies('bounds', 40)]],
  // An insert that was begun but not settled is what the next takeover ends, reads back and derives from.
  [
    'the takeover of a stored block',
    [{ step: 'insert', moment: 'after', among: 2 }, ...dies('kill'), ...dies('rederive')],
  ],
  ['storing a block', [...dies('commit', 4), ...dies('insert', 4), ...dies('count', 4)]],
  ['setting a message aside', [...dies('publishDeadLetter'), ...dies('setAside'), ...dies('isSetAside')]],
];

beforeAll(() => {
  console.log(`FAULTS_SEED=${SEED}`);
});

describe.concurrent('a sink', () => {
  it.each(LIVES)(
    'killed at each await of %s leaves each message accounted for once',
    async (name, deaths) => {
      const life = await Life.begin();
      // Lives run side by side: each has its own chance, or a seed would not replay.
      const pick = chance(SEED + name.length);
      try {
        for (const { step, moment, among } of deaths) {
          await life.feedSome();
          await life.die(`${step}:${moment}:${pick(1, among)}`);
        }
        const result = await life.audit();
        expect(faultsIn(result)).toEqual([]);
        expect(sumOf(result)).toEqual(life.fed);
      } finally {
        await life.end();
      }
    },
  );

  it('killed while it declares a loss declares exactly what Kafka has forgotten', async () => {
    const life = await Life.begin();
    try {
      await life.feedSome();
      await life.live();
      await life.feedSome();
      const lost = { first: PER_PARTITION, last: PER_PARTITION + 19 };
      await life.forget(1, lost.last + 1);
      await life.die('declareLoss:before:1');
      await life.die('declareLoss:after:1');
      const result = await life.audit();
      expect(faultsIn(result)).toEqual([]);
      expect(result.partitions.map(({ declared }) => declared)).toEqual([[], [lost], [], []]);
    } finally {
      await life.end();
    }
  });
});

/** Sinks that die one after the other on topics and tables of their own. */
class Life {
  readonly #pipeline: Pipeline;
  readonly #feed: Feed;
  readonly #fleet: Fleet;
  #sound = 0;
  #torn = 0;

  private constructor(pipeline: Pipeline, feed: Feed) {
    this.#pipeline = pipeline;
    this.#feed = feed;
    this.#fleet = new Fleet(pipeline.env);
  }

  static async begin(): Promise<Life> {
    const stack = inject('stack');
    const pipeline = await Pipeline.start(stack, []);
    const feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
    return new Life(pipeline, feed);
  }

  get fed(): ReturnType<typeof sumOf> {
    return { messages: this.#sound + this.#torn, rows: this.#sound, dead_letters: this.#torn };
  }

  /** Scans in every partition, and one message that cannot be stored in one of them. */
  async feedSome(): Promise<void> {
    await this.#feed.events('scan', PER_PARTITION * 4, this.#sound);
    this.#sound += PER_PARTITION * 4;
    await this.#feed.raw('scan', TORN, 0);
    this.#torn += 1;
  }

  /** Lets the broker forget what is below an offset. */
  async forget(partition: number, below: number): Promise<void> {
    const topic = this.#feed.topic('scan');
    await this.#feed.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(below) }] });
  }

  async die(at: string): Promise<void> {
    const launch = { entry: DYING_SINK, env: { DIES_AT: at } };
    const { ended, by_itself, output } = await this.#fleet.launchToDie(launch, DEATH_WITHIN_MS);
    expect({ at, ended, by_itself }, output.join('\n')).toEqual({ at, ended: 'SIGKILL', by_itself: true });
  }

  /** Has everything stored by a sink that ends as it should. */
  async live(): Promise<void> {
    const sink = await this.#fleet.launch();
    await drained(this.#audited);
    expect(await this.#fleet.end(sink, 'SIGTERM')).toBe(0);
  }

  /** Has everything stored, and audits it. */
  async audit(): Promise<AuditResult> {
    await this.live();
    return auditWhenDrained(this.#audited);
  }

  get #audited(): Audited {
    const brokers = inject('stack').kafka_brokers;
    return { brokers, prefix: this.#feed.prefix, sql: this.#pipeline.sql, types: ['scan'] };
  }

  async end(): Promise<void> {
    await this.#fleet.stop();
    await this.#feed.close();
    await this.#pipeline.stop();
  }
}
