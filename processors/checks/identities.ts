import { CHECKS, askCheck, type Check, type Violation } from '../../sql/checks.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { defineProcessor, type Output, type RunContext } from '../processor.ts';

/** One check a run, so that all are asked anew within a quarter of an hour and no run is long. */
const EVERY_MS = 20_000;
/** What one check may take of ClickHouse. Beyond it goes unasked: it is told as that, and nothing fails. */
const LIMITS = {
  max_execution_time: 20,
  max_threads: 1,
  max_memory_usage: '1000000000',
  // A ledger is sorted by the place of its deliveries: to find one that is there twice takes no memory.
  optimize_aggregation_in_order: 1,
  max_bytes_before_external_group_by: '500000000',
} as const;

interface Answer {
  readonly check: Check;
  /** Null when it could not be asked. */
  readonly violations: readonly Violation[] | null;
  /** Why not; empty when it was. */
  readonly reason: string;
  readonly took_ms: number;
}

interface Result extends Output {
  readonly row: object;
}

/** Asks the identities of `sql/checks/` in turn: `mart_checks` and a metric say which hold. */
export const identities = defineProcessor<Answer, Result>({
  id: 'identities',
  lane: 'slow',
  trigger: { on: 'timer', every_ms: EVERY_MS, after: [], min_interval_ms: EVERY_MS },
  query: (context) => askNext(nextCheck(), context),
  compute: ({ check, violations, reason, took_ms }, { now }) => {
    const identity = check.file.replace(/^checks\/(.*)\.sql$/, '$1');
    const about = check.event_type === null ? identity : `${identity} ${check.event_type}`;
    return {
      row: {
        identity,
        event_type: check.event_type ?? '',
        asked_at: now.toISOString(),
        state: violations === null ? 'unasked' : violations.length === 0 ? 'holds' : 'broken',
        violations: violations?.length ?? 0,
        example: violations?.[0] === undefined ? '' : JSON.stringify(violations[0]),
        reason,
        took_ms,
      },
      ...(violations === null ? {} : { findings: new Map([[about, violations.length]]) }),
    };
  },
  store: ({ row }, { sql }) => sql.insertRows('raw_mart_checks', [row]),
});

let asked = 0;
/** Each check in its turn, also when one could not be asked. */
function nextCheck(): Check {
  const check = CHECKS[asked % CHECKS.length];
  if (check === undefined) throw new Error('there is no check');
  asked += 1;
  return check;
}

async function askNext(check: Check, { sql, log }: RunContext): Promise<Answer> {
  const began_ms = performance.now();
  const took_ms = (): number => Math.round(performance.now() - began_ms);
  try {
    const violations = await askCheck(sql, check, LIMITS);
    if (violations.length > 0)
      log.error({ file: check.file, event_type: check.event_type, violations }, 'an identity is broken');
    return { check, violations, reason: '', took_ms: took_ms() };
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    log.warn({ err: error, file: check.file, event_type: check.event_type }, 'an identity was not asked');
    return { check, violations: null, reason: error.code, took_ms: took_ms() };
  }
}
