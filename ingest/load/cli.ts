import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Command } from 'commander';
import { POSTED_TYPES } from '../../models/contract/registry.ts';
import { createEventValidator } from '../edge/event-validator.ts';
import {
  CompressionTypes,
  createKafka,
  ensureTopics,
  idempotentProducer,
  topicName,
  type Producer,
} from '../kafka.ts';
import { UsageError, runCommand } from '../program/command.ts';
import { createLogger } from '../program/program.ts';
import { readConfigBesideStack } from '../program/running-stack.ts';
import { loadFile, type LoadAccount, type OutgoingEvent, type Validate } from './load-file.ts';
import { MappingError, type Json } from './mapping-json.ts';
import { compileMapping, type Mapping } from './mapping.ts';
import { createProgress } from '../program/progress.ts';
import { RejectFile } from './reject-file.ts';
import { openRows } from './rows.ts';

/** `npm run load -- FILE --map MAPPING.json`: see README. Exit codes: 0 loaded (rejected rows or not), 1 failed, 2 wrong usage. */
function createProgram(): Command {
  return new Command('load')
    .exitOverride()
    .description(
      'Stream a CSV or NDJSON file (.gz too) through a mapping into Kafka. Loading the same file twice changes no figure.',
    )
    .argument('<file>', 'CSV with a header, or NDJSON (.ndjson, .jsonl); gzip by the name .gz')
    .requiredOption('--map <mapping>', 'the mapping, a JSON file')
    .option('--rejects <file>', 'where rejected rows go (default: FILE.rejects.csv in this folder)')
    .option('--dry-run', 'read, map and validate everything, send nothing')
    .action(run);
}

interface Options {
  readonly map: string;
  readonly rejects?: string;
  readonly dryRun?: boolean;
}

async function run(path: string, options: Options): Promise<void> {
  const mapping = await readMapping(options.map);
  const rejects = new RejectFile(options.rejects ?? `${basename(path)}.rejects.csv`);
  const account = options.dryRun
    ? await load(path, mapping, rejects, () => Promise.resolve())
    : await withProducer((send) => load(path, mapping, rejects, send));
  process.stdout.write(summary(account, rejects, options.dryRun === true));
}

async function readMapping(path: string): Promise<Mapping> {
  const text = await readFile(path, 'utf8');
  try {
    return compileMapping(JSON.parse(text) as Json);
  } catch (error) {
    if (error instanceof MappingError) throw new UsageError(`${path}${error.message}`);
    if (error instanceof SyntaxError) throw new UsageError(`${path} is not JSON: ${error.message}`);
    throw error;
  }
}

async function load(
  path: string,
  mapping: Mapping,
  rejects: RejectFile,
  send: (events: readonly OutgoingEvent[]) => Promise<void>,
): Promise<LoadAccount> {
  const file = await openRows(path, mapping);
  const progress = createProgress(file.size_bytes, process.stderr);
  try {
    return await loadFile({
      rows: file.rows,
      mapping,
      validate: createValidate(),
      send,
      reject: (row) => rejects.add(row),
      progress: ({ read }) => {
        progress.update(file.bytesRead(), `${read.toLocaleString('en')} rows`);
      },
    });
  } finally {
    progress.stop();
    await rejects.close();
  }
}

/** The validators of all types; the clock is read once, so that a file is judged by one time. */
function createValidate(): Validate {
  const now_ms = Date.now();
  const validators = new Map(POSTED_TYPES.map((type) => [type, createEventValidator(type)]));
  return (type, event) => {
    const validator = validators.get(type);
    if (!validator) throw new Error(`${type.type} cannot be loaded`);
    return validator(event, now_ms);
  };
}

async function withProducer<T>(
  work: (send: (events: readonly OutgoingEvent[]) => Promise<void>) => Promise<T>,
): Promise<T> {
  const config = readConfigBesideStack(['KAFKA_BROKERS', 'DMS_TOPIC_PREFIX']);
  const kafka = createKafka({
    brokers: config.KAFKA_BROKERS,
    clientId: 'dealerstream-load',
    log: createLogger('load', 'error'),
  });
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(admin, config.DMS_TOPIC_PREFIX).finally(() => admin.disconnect());
  const producer = idempotentProducer(kafka);
  await producer.connect();
  try {
    return await work((events) => sendBatch(producer, config.DMS_TOPIC_PREFIX, events));
  } finally {
    await producer.disconnect();
  }
}

async function sendBatch(
  producer: Producer,
  prefix: string,
  events: readonly OutgoingEvent[],
): Promise<void> {
  const byTopic = new Map<string, { key: string; value: Buffer }[]>();
  for (const { type, key, value } of events) {
    const topic = topicName(type.topic, prefix);
    const messages = byTopic.get(topic) ?? [];
    messages.push({ key, value });
    byTopic.set(topic, messages);
  }
  await producer.sendBatch({
    acks: -1,
    compression: CompressionTypes.GZIP,
    topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
  });
}

function summary(account: LoadAccount, rejects: RejectFile, dryRun: boolean): string {
  const count = (n: number): string => n.toLocaleString('en').padStart(12);
  const lines = [
    `${count(account.read)} rows read`,
    `${count(account.accepted)} accepted${dryRun ? ' (dry run: nothing sent)' : ''}`,
    `${count(account.rejected)} rejected${account.rejected > 0 ? `, listed in ${rejects.path}` : ''}`,
    ...Object.entries(account.reasons).map(([reason, rows]) => `${count(rows)}   ${reason}`),
    ...Object.entries(account.events).map(
      ([type, events]) => `${count(events)} ${type} events ${dryRun ? 'made' : 'acknowledged'}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

await runCommand(() => createProgram().parseAsync());
