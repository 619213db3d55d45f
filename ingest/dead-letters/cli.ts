import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { SqlClient } from '../../sql/client.ts';
import { UsageError, runCommand } from '../program/command.ts';
import { readConfigBesideStack } from '../program/running-stack.ts';
import { WAREHOUSE, warehouseOf } from '../program/warehouse.ts';
import { wholeNumber } from '../program/whole-number.ts';
import {
  listDeadLetters,
  nameOf,
  readDeadLetter,
  replayDeadLetter,
  type DeadLetterEntry,
} from './dead-letter-store.ts';
import type { FrontDoor } from './front-door.ts';

const LIST_LIMIT = 100;
const REPLAY_LIMIT = 10_000;

interface Options {
  readonly topic?: string;
  readonly reason?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly replayed?: boolean;
  readonly limit: number;
  readonly value?: string;
  readonly all?: boolean;
}

async function list(options: Options): Promise<void> {
  await withClickHouse(async (sql) => {
    for (const entry of await find(sql, options)) print(entry);
  });
}

/** The letter on standard error, its bytes alone on standard output: `show … > broken.json` gives them back exactly. */
async function show(options: Options): Promise<void> {
  await withClickHouse(async (sql) => {
    const entry = onlyOne(await find(sql, { ...options, replayed: true }));
    const { key, value } = await readDeadLetter(sql, entry);
    process.stderr.write(`${JSON.stringify({ ...entry, key: key.toString() })}\n`);
    process.stdout.write(value);
  });
}

async function replay(options: Options): Promise<void> {
  const narrowed = [options.topic, options.reason, options.partition, options.offset].some(
    (filter) => filter !== undefined,
  );
  if (!narrowed && options.all !== true) throw new UsageError('say which (--topic, --reason, …), or --all');
  await withClickHouse(async (sql) => {
    const entries = await find(sql, options);
    const corrected = options.value === undefined ? undefined : await readFile(options.value);
    if (corrected !== undefined) onlyOne(entries);
    const door = frontDoor();
    let refused = 0;
    for (const entry of entries.toReversed()) {
      const refusal = await replayDeadLetter(sql, door, entry, corrected);
      if (refusal === null) print({ replayed: nameOf(entry), corrected: corrected !== undefined });
      else {
        refused += 1;
        print({ refused: nameOf(entry), ...refusal });
      }
    }
    if (refused > 0) throw new Error(`${refused} of ${entries.length} were refused again and stay open`);
  });
}

function find(sql: SqlClient, options: Options): Promise<DeadLetterEntry[]> {
  const { replayed = false, ...filter } = options;
  return listDeadLetters(sql, { ...filter, replayed });
}

function onlyOne(entries: readonly DeadLetterEntry[]): DeadLetterEntry {
  const [entry, another] = entries;
  if (entry === undefined) throw new UsageError('no dead letter matches');
  if (another !== undefined) {
    throw new UsageError(
      `${entries.length} dead letters match: name one by --topic, --partition and --offset`,
    );
  }
  return entry;
}

async function withClickHouse(work: (sql: SqlClient) => Promise<void>): Promise<void> {
  const config = readConfigBesideStack(WAREHOUSE);
  const sql = new SqlClient({
    ...warehouseOf(config),
    application: 'dms-dead-letters',
  });
  try {
    await work(sql);
  } finally {
    await sql.close();
  }
}

function frontDoor(): FrontDoor {
  const config = readConfigBesideStack(['EDGE_URL', 'DMS_ADMIN_TOKEN']);
  return { url: config.EDGE_URL, token: config.DMS_ADMIN_TOKEN };
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function createProgram(): Command {
  const filtered = (command: Command, limit: number): Command =>
    command
      .option('--topic <topic>', 'topic as in the contract, e.g. dms.scans.v1')
      .option('--reason <reason>', 'code of the reason, e.g. unparsable')
      .option('--partition <partition>', 'partition', wholeNumber(0))
      .option('--offset <offset>', 'offset', wholeNumber(0))
      .option('--limit <n>', 'at most so many', wholeNumber(0), limit);
  const program = new Command('dead-letters')
    .exitOverride()
    .description('Messages that could not be stored. One line of JSON a message.');
  filtered(program.command('list').description('newest first, those not yet replayed'), LIST_LIMIT)
    .option('--replayed', 'also those that were sent again')
    .action(list);
  filtered(program.command('show').description('the original bytes of one, on standard output'), 2).action(
    show,
  );
  filtered(
    program
      .command('replay')
      .description('send in again as a feed would: what is still wrong is refused and stays'),
    REPLAY_LIMIT,
  )
    .option('--all', 'every one')
    .option('--replayed', 'also those that were sent again before')
    .option('--value <file>', 'one message: send the bytes of this file in its place')
    .action(replay);
  return program;
}

await runCommand(() => createProgram().parseAsync());
