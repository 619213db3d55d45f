import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { UsageError, runCommand } from '../../ingest/program/command.ts';
import { readConfigBesideStack } from '../../ingest/program/running-stack.ts';
import { WAREHOUSE, warehouseOf } from '../../ingest/program/warehouse.ts';
import { ALERT_KINDS } from '../../models/contract/alert.ts';
import { SqlClient } from '../../sql/client.ts';
import { readSettings } from '../settings/settings.ts';
import { isDraftRule, type DraftRule } from './draft-rule.ts';
import { replayRule, type Replayed } from './replay.ts';

/**
 * `npm run rules -- replay --rule FILE --from TIME --to TIME`: what a draft rule would have raised over history, which known cases it
 * catches and misses, and its precision on those that people have judged. FILE is a module that exports one rule: about the scans of a code
 * (`CodeRule` of `models/diversion/trail.ts`), about dealers (`HabitRule` of `models/diversion/judge-habits.ts`) or about order lines
 * (`LineRule` of `models/diversion/rules/below-floor.ts`). Nothing is written; the last line is JSON.
 */
const QUERY_TIMEOUT_MS = 300_000;
const SHOWN = 40;

const command = new Command('rules')
  .exitOverride()
  .description('Draft rules, of codes, dealers or prices, over the stored history.');
command
  .command('replay')
  .description('what a draft rule would have raised')
  .requiredOption('--rule <file>', 'module of the rule')
  .requiredOption('--from <time>', 'first event time, RFC 3339', instant)
  .requiredOption('--to <time>', 'first event time after the stretch', instant)
  .action(async (options: { rule: string; from: Date; to: Date }) => {
    if (options.from >= options.to) throw new UsageError('--from must lie before --to');
    const rule = await ruleIn(options.rule);
    const config = readConfigBesideStack([...WAREHOUSE, 'DMS_TIME_ZONE', 'DMS_REPORTING_CURRENCY']);
    const settings = readSettings(config.DMS_TIME_ZONE, config.DMS_REPORTING_CURRENCY);
    const sql = new SqlClient({
      ...warehouseOf(config),
      application: 'dms-rules',
      request_timeout_ms: QUERY_TIMEOUT_MS,
      is_background: true,
    });
    try {
      tell(rule, await replayRule(sql, rule, options, settings));
    } finally {
      await sql.close();
    }
  });

await runCommand(() => command.parseAsync());

/** Whatever of the module is a rule: its `default`, its `rule`, or the only one that it exports. */
async function ruleIn(file: string): Promise<DraftRule> {
  const exported = Object.values((await import(pathToFileURL(resolve(file)).href)) as object);
  const [rule, ...more] = new Set(exported.filter(isDraftRule));
  if (rule === undefined || more.length > 0)
    throw new UsageError(
      `${file} must export one rule {kind, judge | judgeHabits | judgeLine}, its kind one of ${ALERT_KINDS.join(', ')}; it exports ${rule === undefined ? 0 : more.length + 1}`,
    );
  return rule;
}

function tell(rule: DraftRule, { raised, caught, missed, ...replayed }: Replayed): void {
  const line = (text: string): void => void process.stdout.write(`${text}\n`);
  line(
    `${rule.kind}: ${replayed.asked} ${replayed.asked_about}, ${replayed.signals} signals, ${raised.length} cases`,
  );
  for (const one of raised.slice(0, SHOWN)) {
    const known = one.known === null ? 'new' : `${one.known.alert_id} (${one.known.state})`;
    const place = one.found_adcode || one.found_territory_id || 'no one region';
    line(
      `  ${one.origin_dealer_id} -> ${place}, ${one.sku_id} ${one.lot}: ${one.units} units, ${one.value} ${one.currency}, ` +
        `confidence ${one.confidence.toFixed(2)}, ${known}`,
    );
  }
  if (raised.length > SHOWN) line(`  and ${raised.length - SHOWN} more`);
  line(`known cases of the stretch: ${caught.length} caught, ${missed.length} missed`);
  const precision =
    replayed.precision === null ? 'nobody has judged any of them' : replayed.precision.toFixed(3);
  line(
    `of those judged: ${replayed.confirmed} confirmed, ${replayed.dismissed} dismissed, precision ${precision}`,
  );
  line(
    JSON.stringify({
      rule: rule.kind,
      ...replayed,
      raised: raised.length,
      new: raised.filter(({ known }) => known === null).length,
      caught: caught.map(({ alert_id }) => alert_id),
      missed: missed.map(({ alert_id }) => alert_id),
    }),
  );
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('not a time such as 2026-11-24T12:00:00+08:00');
  return at;
}
