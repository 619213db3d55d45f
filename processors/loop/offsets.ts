import { eventTypeByName, type EventTypeName } from '../../models/contract/registry.ts';
import type { OffsetRange, RunnableProcessor } from '../processor.ts';

/** Next offset of each partition: topic as the ledger has it → partition → first offset that is not included. */
export type Offsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Topic of an event type, as the ledger has it: the contract's name, whatever prefix the brokers know it by. */
export function topicOf(type: EventTypeName): string {
  const definition = eventTypeByName(type);
  if (definition === undefined) throw new Error(`no event type ${type}`);
  return definition.topic;
}

/** Topics that a processor takes in; none of a timer. */
export function topicsOf({ trigger }: Pick<RunnableProcessor, 'trigger'>): string[] {
  return trigger.on === 'data' ? trigger.types.map((type) => topicOf(type)) : [];
}

/**
 * What lies between `done` and `settled` on the topics, oldest offsets first, at most `deliveries_max` in all. The budget
 * is shared: each partition with a backlog gets an equal part, and what it does not need goes to the others.
 */
export function pendingRanges(
  topics: readonly string[],
  settled: Offsets,
  done: Offsets,
  deliveries_max: number,
): OffsetRange[] {
  const backlogs = topics
    .flatMap((topic) =>
      [...(settled.get(topic) ?? [])].map(([partition, to]) => {
        const from = done.get(topic)?.get(partition) ?? 0;
        return { topic, partition, from, backlog: to - from };
      }),
    )
    .filter(({ backlog }) => backlog > 0)
    .sort((a, b) => a.backlog - b.backlog);
  let budget = deliveries_max;
  const ranges: OffsetRange[] = [];
  backlogs.forEach(({ topic, partition, from, backlog }, i) => {
    const share = Math.ceil(budget / (backlogs.length - i));
    const taken = Math.min(backlog, share, budget);
    budget -= taken;
    if (taken > 0) ranges.push({ topic, partition, from, to: from + taken });
  });
  return ranges;
}

/** With a long backlog a run takes in up to so many times its `deliveries_max` … */
const CATCH_UP_FACTOR = 20;
/** … but not more than this: the memory of a run grows with it. */
const CATCH_UP_DELIVERIES_MAX = 1_000_000;

/**
 * How many deliveries one run may take in. What a run costs besides its deliveries is paid once a run, so a long backlog is
 * taken in by halves, as long as they are larger than `deliveries_max` and within the bounds above.
 */
export function runDeliveriesMax(backlog: number, deliveries_max: number): number {
  const most = Math.max(deliveries_max, Math.min(deliveries_max * CATCH_UP_FACTOR, CATCH_UP_DELIVERIES_MAX));
  return Math.min(most, Math.max(deliveries_max, Math.ceil(backlog / 2)));
}

/** How many settled deliveries of the topics are not yet taken in. */
export function lagOf(topics: readonly string[], settled: Offsets, done: Offsets): number {
  return pendingRanges(topics, settled, done, Number.MAX_SAFE_INTEGER).reduce(
    (sum, range) => sum + range.to - range.from,
    0,
  );
}

/** `done` with the ranges taken in. */
export function advance(done: Offsets, ranges: readonly OffsetRange[]): Offsets {
  const next = new Map([...done].map(([topic, partitions]) => [topic, new Map(partitions)]));
  for (const range of ranges) {
    const partitions = next.get(range.topic) ?? new Map<number, number>();
    partitions.set(range.partition, range.to);
    next.set(range.topic, partitions);
  }
  return next;
}

/** `settled`, but on the topics that `leader` takes in no further than it has got. */
export function notBeyond(settled: Offsets, leader: Offsets, topics: readonly string[]): Offsets {
  return new Map(
    [...settled].map(([topic, partitions]) => {
      if (!topics.includes(topic)) return [topic, partitions];
      const got = leader.get(topic);
      return [topic, new Map([...partitions].map(([p, to]) => [p, Math.min(to, got?.get(p) ?? 0)]))];
    }),
  );
}
