import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';
import { accountOf } from './support/account.ts';
import { auditWhenDrained, faultsIn, sumOf, type Audited } from './support/audited.ts';
import { SEED, chance } from './support/chance.ts';
import { eventOf } from './support/events.ts';
import { Feed } from './support/feed.ts';
import { Fleet } from './support/fleet.ts';
import { POISON } from './support/poison.ts';

const MESSAGES = 700;
/** Of a hundred messages so many are poison, so many repeat an earlier event, and so many are late by months. */
const POISON_PCT = 8;
const REPEAT_PCT = 15;
const LATE_PCT = 10;
const LATE_MONTHS_MAX = 200;

let pipeline: Pipeline;
let fleet: Fleet;
let feed: Feed;
const pick = chance(SEED);

beforeAll(async () => {
  console.log(`FAULTS_SEED=${SEED}`);
  const stack = inject('stack');
  pipeline = await Pipeline.start(stack, []);
  fleet = new Fleet(pipeline.env);
  feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
});

afterAll(async () => {
  await feed.close();
  await fleet.stop();
  await pipeline.stop();
});

const audited = (): Audited => ({
  brokers: inject('stack').kafka_brokers,
  prefix: feed.prefix,
  sql: pipeline.sql,
  types: ['scan'],
});

interface Mixed {
  readonly value: Buffer | string | null;
  readonly partition: number;
  readonly kind: 'sound' | 'poison';
  readonly event_id: string;
}

/** A mix by chance, in which at least one of each kind of poison is. */
function mixed(): Mixed[] {
  const messages: Mixed[] = [];
  for (let i = 0; i < MESSAGES; i += 1) {
    const partition = pick(0, 3);
    const dice = pick(0, 99);
    const poison = i < POISON.length ? POISON[i] : POISON[pick(0, POISON.length - 1)];
    if ((i < POISON.length || dice < POISON_PCT) && poison !== undefined) {
      messages.push({ value: poison.value, partition, kind: 'poison', event_id: '' });
      continue;
    }
    const number = dice < POISON_PCT + REPEAT_PCT ? pick(0, i) : i;
    const event = eventOf('scan', number);
    // The same for every repetition of an event, or it would be another one under the same id.
    if (number % 100 < LATE_PCT) {
      event['event_time'] = new Date(Date.UTC(2026, 9 - (number % LATE_MONTHS_MAX), 1)).toISOString();
    }
    messages.push({ value: JSON.stringify(event), partition, kind: 'sound', event_id: `scan-${number}` });
  }
  // Not all of the poison at the beginning.
  for (let i = messages.length - 1; i > 0; i -= 1) {
    const j = pick(0, i);
    [messages[i], messages[j]] = [messages[j] as Mixed, messages[i] as Mixed];
  }
  return messages;
}

describe('poison, late and repeated events', () => {
  it('in one stream, under a sink that is killed meanwhile, leave each message a row or a dead letter and each event once', async () => {
    const messages = mixed();
    const first = await fleet.launch();
    const fed = (async (): Promise<void> => {
      for (const { value, partition } of messages) await feed.raw('scan', value, partition);
    })();
    await eventually('some of each to be accounted for', async () => {
      const { rows, dead } = await accountOf(pipeline.sql, 'scan', 0);
      return rows > 0 && dead > pick(0, 20) ? true : undefined;
    });
    await fleet.end(first, 'SIGKILL');
    const second = await fleet.launch();
    await fed;
    const result = await auditWhenDrained(audited());
    expect(faultsIn(result)).toEqual([]);
    const poison = messages.filter(({ kind }) => kind === 'poison').length;
    expect(sumOf(result)).toEqual({ messages: MESSAGES, rows: MESSAGES - poison, dead_letters: poison });
    const events = new Set(messages.map(({ event_id }) => event_id).filter((id) => id !== ''));
    const { by_key } = await accountOf(pipeline.sql, 'scan', MESSAGES);
    expect(by_key).toBe(events.size);
    expect(second.child.exitCode).toBeNull();
  });
});
