import { fetchTopicOffsets, type Admin } from '../kafka.ts';
import { Together } from './batch/together.ts';
import type { PartitionLog } from './protocol/ports.ts';

type Committed = Awaited<ReturnType<PartitionLog['committed']>>;
type Bounds = Awaited<ReturnType<PartitionLog['bounds']>>;

interface Place {
  /** The broker's name for it. */
  readonly topic: string;
  readonly partition: number;
}

/**
 * Where the group stands and where the logs begin and end. A member takes all its partitions over at the same moment: what they
 * ask becomes one request for all, or one for each topic.
 */
export class KafkaPositions {
  readonly #admin: Admin;
  readonly #group: string;
  readonly #committed = new Together((places: readonly Place[]) => this.#fetchCommitted(places));
  readonly #bounds = new Together((places: readonly Place[]) => this.#fetchBounds(places));

  constructor(admin: Admin, group: string) {
    this.#admin = admin;
    this.#group = group;
  }

  /** What the group last committed. */
  committed(topic: string, partition: number): Promise<Committed> {
    return this.#committed.ask({ topic, partition });
  }

  /** First offset that the broker still has, and the next one that it will give. */
  bounds(topic: string, partition: number): Promise<Bounds> {
    return this.#bounds.ask({ topic, partition });
  }

  async #fetchCommitted(places: readonly Place[]): Promise<Committed[]> {
    const topics = [...new Set(places.map(({ topic }) => topic))];
    const answers = await this.#admin.fetchOffsets({ groupId: this.#group, topics });
    return places.map(({ topic, partition }) => {
      const found = answers
        .find((answer) => answer.topic === topic)
        ?.partitions.find((one) => one.partition === partition);
      if (found === undefined)
        throw new Error(`the group coordinator did not answer about ${topic}/${partition}`);
      const offset = Number(found.offset);
      return { offset: offset < 0 ? null : offset, metadata: found.metadata ?? '' };
    });
  }

  async #fetchBounds(places: readonly Place[]): Promise<Bounds[]> {
    const topics = [...new Set(places.map(({ topic }) => topic))];
    const answers = new Map(
      await Promise.all(
        topics.map(async (topic) => [topic, await fetchTopicOffsets(this.#admin, topic)] as const),
      ),
    );
    return places.map(({ topic, partition }) => {
      const found = answers.get(topic)?.find((one) => one.partition === partition);
      if (found === undefined) throw new Error(`the broker did not answer about ${topic}/${partition}`);
      return { start: Number(found.low), end: Number(found.high) };
    });
  }
}
