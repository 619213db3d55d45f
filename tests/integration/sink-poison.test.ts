import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createKafka } from '../../ingest/kafka.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { accountOf, accountWhenDrained } from '../faults/support/account.ts';
import { eventOf } from '../faults/support/events.ts';
import { Feed } from '../faults/support/feed.ts';
import { POISON } from '../faults/support/poison.ts';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';

const sound = (i: number): string => JSON.stringify(eventOf('scan', i));
const SOUND_BETWEEN = 3;

let pipeline: Pipeline;
let feed: Feed;

beforeAll(async () => {
  const stack = inject('stack');
  pipeline = await Pipeline.start(stack, ['edge']);
  feed = await Feed.open(stack.kafka_brokers, pipeline.env['DMS_TOPIC_PREFIX'] ?? '');
  // All in one partition and before the sink starts: in one batch, if nothing were wrong with it.
  let i = 1_000;
  for (const { value } of POISON) {
    for (let n = 0; n < SOUND_BETWEEN; n += 1) await feed.raw('scan', sound(i++));
    await feed.raw('scan', value, 0, 'poisoned');
  }
  await feed.raw('scan', ` \n${sound(i++)}\r\n\t `);
  await pipeline.launch('sink');
});

afterAll(async () => {
  await feed.close();
  await pipeline.stop();
});

describe('poison', () => {
  const sounds = POISON.length * SOUND_BETWEEN + 1;

  it('takes no sound message with it, and each of it becomes one dead letter', async () => {
    await accountWhenDrained(feed, pipeline.sql);
    const account = await accountOf(pipeline.sql, 'scan', sounds + POISON.length);
    expect(account).toEqual({
      messages: sounds + POISON.length,
      rows: sounds,
      distinct: sounds,
      dead: POISON.length,
      by_key: sounds,
      events: sounds,
      missing: 0,
    });
  });

  it.each(POISON)('$what is set aside with its bytes and its reason', async ({ what, value, reason }) => {
    const offset = POISON.findIndex((one) => one.what === what) * (SOUND_BETWEEN + 1) + SOUND_BETWEEN;
    const [row] = await pipeline.sql.query<{ reason: string; same_bytes: number; key: string }>(
      `SELECT reason, key, hex(SHA256(value)) = {digest: String} AS same_bytes FROM raw_dead_letters FINAL
       WHERE _topic = 'dms.scans.v1' AND _partition = 0 AND _offset = {offset: UInt64}`,
      { params: { offset, digest: await digestOf(value) } },
    );
    expect(row).toEqual({ reason, same_bytes: 1, key: 'poisoned' });
  });

  it.each(POISON.filter(({ field }) => field !== undefined))(
    '$what is told by its field',
    async ({ what, field = '' }) => {
      const offset = POISON.findIndex((one) => one.what === what) * (SOUND_BETWEEN + 1) + SOUND_BETWEEN;
      const [row] = await pipeline.sql.query<{ detail: string }>(
        `SELECT detail FROM raw_dead_letters FINAL WHERE _topic = 'dms.scans.v1' AND _partition = 0 AND _offset = {offset: UInt64}`,
        { params: { offset } },
      );
      expect(row?.detail).toContain(`Constraint \`${field}\``);
    },
  );

  it('is published with its place, reason and bytes', async () => {
    const letters = await readLetters(POISON.length);
    expect(letters.map(({ offset }) => offset)).toEqual(
      POISON.map((_, i) => String(i * (SOUND_BETWEEN + 1) + SOUND_BETWEEN)),
    );
    expect(letters.map(({ reason }) => reason)).toEqual(POISON.map(({ reason }) => reason));
    const bytes = POISON.map(({ value }) => Buffer.from(value ?? ''));
    expect(letters.every(({ value }, i) => bytes[i]?.equals(value ?? Buffer.alloc(0)))).toBe(true);
  });

  it('is counted by its reason', async () => {
    const text = await (await fetch(`${pipeline.program('sink').url}/metrics`)).text();
    const counted = /dms_sink_dead_letters_total\{topic="dms.scans.v1",reason="constraint"[^}]*\} (\d+)/.exec(
      text,
    )?.[1];
    expect(counted).toBe(String(POISON.filter(({ reason }) => reason === 'constraint').length));
  });
});

describe('dead-letters', () => {
  const cli = (...args: string[]): Promise<string> => pipeline.command('ingest/dead-letters/cli.ts', args);
  const place = (i: number): string[] => [
    '--partition',
    '0',
    '--offset',
    String(i * (SOUND_BETWEEN + 1) + SOUND_BETWEEN),
  ];

  it('lists by reason, and shows the original bytes', async () => {
    const lines = (await cli('list', '--topic', 'dms.scans.v1', '--reason', 'not_an_object'))
      .trim()
      .split('\n');
    expect(lines.length).toBe(POISON.filter(({ reason }) => reason === 'not_an_object').length);
    expect(await cli('show', ...place(3))).toBe(`[${sound(1)}]`);
  });

  it('replays a corrected message once: it becomes a row, and the letter is marked', async () => {
    const before = await accountOf(pipeline.sql, 'scan', 0);
    const folder = await mkdtemp(join(tmpdir(), 'dead-letter-'));
    const file = join(folder, 'value.json');
    await writeFile(file, sound(9_999));
    const replay = (...args: string[]): Promise<string> => cli('replay', ...place(3), ...args);
    expect(JSON.parse(await replay('--value', file))).toMatchObject({ corrected: true });
    await eventually('the corrected event', async () => {
      const now = await accountOf(pipeline.sql, 'scan', 0);
      return now.rows === before.rows + 1 ? true : undefined;
    });
    expect((await cli('list', ...place(3))).trim()).toBe('');
    expect(JSON.parse(await cli('list', '--replayed', ...place(3)))).toMatchObject({
      replayed_at: expect.any(String) as string,
    });

    // Again: nothing is open; and sent all the same, the event is not counted twice.
    expect(await replay()).toBe('');
    await replay('--replayed', '--value', file);
    await rm(folder, { recursive: true });
    await eventually('the repeat', async () => {
      const now = await accountOf(pipeline.sql, 'scan', 0);
      return now.rows === before.rows + 2 ? true : undefined;
    });
    const [row] = await pipeline.sql.query<{ n: number }>(
      "SELECT count() AS n FROM core_scans WHERE event_id = 'scan-9999'",
    );
    expect(row?.n).toBe(1);
  });

  it('is refused at the front door while the message is wrong, in words, and stays open', async () => {
    const letters = async (): Promise<number> =>
      (await pipeline.sql.query('SELECT 1 FROM raw_dead_letters FINAL')).length;
    const before = await letters();
    await expect(cli('replay', ...place(10))).rejects.toThrow('1 of 1 were refused again and stay open');
    expect(JSON.parse(await cli('list', ...place(10)))).toMatchObject({ replayed_at: null });
    expect(await letters()).toBe(before);
  });

  it('refuses to replay everything unless told so', async () => {
    await expect(cli('replay')).rejects.toThrow('--all');
  });
});

async function digestOf(value: Buffer | string | null): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', Buffer.from(value ?? ''));
  return Buffer.from(digest).toString('hex').toUpperCase();
}

interface Letter {
  readonly offset: string;
  readonly reason: string;
  readonly value: Buffer | null;
}

/** The letters on the topic, each position once, in order of their offsets. */
async function readLetters(count: number): Promise<Letter[]> {
  const log = createLogger('letters', 'silent');
  const kafka = createKafka({ brokers: [inject('stack').kafka_brokers], clientId: 'letters', log });
  const consumer = kafka.consumer({ groupId: `${feed.prefix}letters`, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topics: [`${feed.prefix}dms.dead-letters.v1`], fromBeginning: true });
  const letters = new Map<string, Letter>();
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: ({ message }) => {
          const { headers = {}, key, value } = message;
          const text = (name: string): string => String(headers[name]);
          letters.set(String(key), { offset: text('offset'), reason: text('reason'), value });
          if (letters.size >= count) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return [...letters.values()].sort((a, b) => Number(a.offset) - Number(b.offset));
}
