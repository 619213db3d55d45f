import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { EVENT_TYPES, eventTypeByName, eventTypeByTopic } from '../../models/contract/registry.ts';
import type { EventType } from '../../models/contract/event-type.ts';
import { SqlClient } from '../../sql/client.ts';
import { createKafka } from '../kafka.ts';
import { UsageError, runCommand } from '../program/command.ts';
import { createProgress } from '../program/progress.ts';
import { createLogger } from '../program/program.ts';
import { readConfigBesideStack } from '../program/running-stack.ts';
import { WAREHOUSE, warehouseOf } from '../program/warehouse.ts';
import { audit, type AuditOptions, type AuditResult } from './audit.ts';
import { repair } from './repair.ts';
import { isClean, type AuditReport, type Repair } from './report.ts';
import { tableOf } from './table.ts';

/** Whole tables are read: a question may take long. */
const REQUEST_TIMEOUT_MS = 3_600_000;

interface Options {
  readonly topic?: readonly string[];
  readonly repair?: boolean;
  readonly json?: boolean;
}

/**
 * `npm run audit [-- --topic T] [--repair] [--json]`: compares ClickHouse with a re-read of Kafka. Exit codes: 0 all is
 * as it must be, 1 it is not, or could not be asked; 2 wrong usage.
 */
async function run(options: Options): Promise<void> {
  const types = (options.topic ?? []).map(typeNamed);
  const config = readConfigBesideStack(['KAFKA_BROKERS', 'DMS_TOPIC_PREFIX', ...WAREHOUSE]);
  const log = createLogger('audit', 'silent');
  const sql = new SqlClient({
    ...warehouseOf(config),
    application: 'dms-audit',
    request_timeout_ms: REQUEST_TIMEOUT_MS,
  });
  try {
    const report = await auditAndRepair(
      {
        kafka: createKafka({ brokers: config.KAFKA_BROKERS, clientId: 'dms-audit', log }),
        sql,
        prefix: config.DMS_TOPIC_PREFIX,
        types: types.length === 0 ? EVENT_TYPES : types,
      },
      options.repair === true,
    );
    process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : tableOf(report));
    if (!report.clean) process.exitCode = 1;
  } finally {
    await sql.close();
  }
}

/** After a repair everything is audited anew: the report is about what is then. */
async function auditAndRepair(options: AuditOptions, mend: boolean): Promise<AuditReport> {
  const began_at = new Date();
  let result = await auditWithProgress(options);
  let repairs: Repair[] = [];
  if (mend && !isClean(result)) {
    const group = `${options.prefix}dms-repair-${randomBytes(6).toString('hex')}`;
    repairs = await repair({ ...options, group }, result);
    result = await auditWithProgress(options);
  }
  const { partitions, copies } = result;
  return {
    clean: isClean(result),
    began_at: began_at.toISOString(),
    duration_ms: Date.now() - began_at.getTime(),
    partitions,
    copies,
    repairs,
  };
}

async function auditWithProgress(options: AuditOptions): Promise<AuditResult> {
  let progress: ReturnType<typeof createProgress> | undefined;
  try {
    return await audit({
      ...options,
      onProgress: (done, total) => {
        progress ??= createProgress(total, process.stderr);
        progress.update(done, `${done} of ${total} messages compared`);
      },
    });
  } finally {
    progress?.stop();
  }
}

function typeNamed(name: string): EventType {
  const type = eventTypeByTopic(name) ?? eventTypeByName(name);
  if (type !== undefined) return type;
  const known = EVENT_TYPES.map(({ topic }) => topic).join(', ');
  throw new UsageError(`no event type travels on ${name}; topics are ${known}`);
}

const program = new Command('audit')
  .exitOverride()
  .description('Compare ClickHouse with a re-read of Kafka: what is lost, doubled, changed or unexplained.')
  .option('--topic <topic...>', 'only this topic (as in the contract, or the event type); may be repeated')
  .option('--repair', 'store what is lost again, drop spare copies, make the copies in reading order anew')
  .option('--json', 'the whole report as one line of JSON')
  .action(run);

await runCommand(() => program.parseAsync());
