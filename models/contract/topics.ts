import { DAY_MS } from '../calendar/day.ts';
import { EVENT_TYPES } from './registry.ts';

/** Partitions of an event topic: as many as the sink's consumers can ever be, without re-keying. */
export const EVENT_PARTITIONS = 4;

/** Topics that carry no events. */
export const RESULTS_TOPIC = 'dms.results.v1';
export const DEAD_LETTERS_TOPIC = 'dms.dead-letters.v1';
export const KEYS_TOPIC = 'dms.keys.v1';

/** The sink's consumer group, before any prefix: its committed offsets say how far the ledgers have come. */
export const SINK_GROUP = 'dms-sink';

/** How a topic is created. */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Every topic of the system. Reference data and keys are kept for ever; events for 30 days, in which a lost table can be read again. */
export const TOPICS: readonly TopicSpec[] = [
  ...EVENT_TYPES.map((type) => ({
    topic: type.topic,
    partitions: EVENT_PARTITIONS,
    config: {
      'cleanup.policy': 'delete',
      'retention.ms': type.kind === 'event' ? String(30 * DAY_MS) : '-1',
      'message.timestamp.type': 'LogAppendTime',
    },
  })),
  {
    topic: RESULTS_TOPIC,
    partitions: 1,
    config: { 'cleanup.policy': 'delete', 'retention.ms': String(DAY_MS) },
  },
  { topic: DEAD_LETTERS_TOPIC, partitions: 1, config: { 'cleanup.policy': 'delete', 'retention.ms': '-1' } },
  { topic: KEYS_TOPIC, partitions: 1, config: { 'cleanup.policy': 'compact' } },
];
