import type { Logger } from '../../ingest/program/program.ts';
import type { Alert, AlertSeverity, CaseState } from '../../models/contract/alert.ts';
import type { SqlClient } from '../../sql/client.ts';
import { storedCase, type CaseColumns } from '../cases/case-row.ts';
import { Poller } from '../poller.ts';
import { messageOf, type Ended, type Told } from './message.ts';
import { post } from './post.ts';
import type { WebhookTarget } from './targets.ts';

/** How often it is looked what targets are owed. */
const LOOK_MS = 2_000;
/** Attempts on one target at one look; the rest waits for the next. */
const AT_ONCE_MAX = 20;
/** A group's robot takes 20 messages a minute (WeCom, DingTalk). */
const ROBOT_GAP_MS = 3_500;
const RETRY = { first_ms: 5_000, most_ms: 3_600_000, attempts_max: 40 } as const;

interface Due {
  readonly alert_id: string;
  readonly state: CaseState;
  readonly severity: AlertSeverity;
  /** How often the case had come into the state before. */
  readonly visit: number;
  /** When the case came into the state. */
  readonly at: string;
  readonly is_current: boolean;
  /** The contract's alert as it stands, JSON. */
  readonly alert: string;
  readonly attempts: number;
}

/** A row of `ended.sql`: the case as it last was. */
interface EndedRow extends CaseColumns {
  readonly what: Ended;
  /** When it happened. */
  readonly at: string;
  readonly visit: number;
  readonly attempts: number;
}

/** Something to be told of a case. */
interface Owed {
  readonly alert: Alert;
  readonly told: Told;
  readonly visit: number;
  readonly attempts: number;
}

export interface Webhooks {
  /** One look at every target; resolves when all that was due has been attempted. */
  look(): Promise<void>;
  /** Ends after the attempt under way. */
  stop(): Promise<void>;
}

/**
 * Tells webhooks of cases (D23): each state and severity of a case once it is raised, each time that it comes into it, at least once, under one id; programs also of
 * those that it has left meanwhile, robots, whom people read, of what stands. What a target does not take is tried again, after 5 s,
 * 10 s … up to an hour between, 40 times; then it is given up, and stands in `mart_webhook_deliveries` with its reason. A target that is new is not told of what was raised before. One slow target holds up no other.
 */
export function startWebhooks(options: {
  readonly sql: SqlClient;
  readonly targets: readonly WebhookTarget[];
  readonly log: Logger;
  readonly now?: () => Date;
  /** Default: looks every two seconds. False = only when asked. */
  readonly on_timer?: boolean;
}): Webhooks {
  const { sql, targets, log, now = () => new Date(), on_timer = true } = options;
  const poller = new Poller();
  const told_ms = new Map<string, number>();
  let known: Promise<void> | undefined;

  const lookAt = async (target: WebhookTarget): Promise<void> => {
    const due = await sql.queryFile<Due>('queries/webhooks/due.sql', {
      params: {
        target: target.name,
        now: now(),
        states: target.states,
        severities: target.severities,
        kinds: target.kinds,
        passed: target.format === 'json',
        limit: AT_ONCE_MAX,
      },
    });
    const ended = await sql.queryFile<EndedRow>('queries/webhooks/ended.sql', {
      params: { target: target.name, now: now(), limit: AT_ONCE_MAX },
    });
    for (const one of [...due.map(owedOfState), ...ended.map(owedOfEnd)]) {
      const is_robot = target.format !== 'json';
      if (poller.signal.aborted) return;
      if (is_robot && now().getTime() - (told_ms.get(target.name) ?? -Infinity) < ROBOT_GAP_MS) return;
      told_ms.set(target.name, now().getTime());
      await tell(target, one);
    }
  };

  const tell = async (target: WebhookTarget, { alert, told, visit, ...before }: Owed): Promise<void> => {
    const { alert_id, severity } = alert;
    const at = now();
    const outcome = await post(target, messageOf(target, alert, at, visit, told));
    const attempts = before.attempts + 1;
    const is_last = attempts >= RETRY.attempts_max;
    const wait_ms = Math.min(RETRY.most_ms, RETRY.first_ms * 2 ** (attempts - 1));
    const attempted = now();
    if (!outcome.taken)
      log.warn(
        { target: target.name, alert_id, attempts, detail: outcome.detail },
        'a webhook took no alert',
      );
    await sql.insertRows('raw_webhook_deliveries', [
      {
        target: target.name,
        alert_id,
        state: told,
        severity,
        visit,
        status: outcome.taken ? 'delivered' : is_last ? 'given_up' : 'waiting',
        attempts,
        detail: outcome.taken ? '' : outcome.detail,
        raised_at: alert.raised_at,
        attempted_at: attempted.toISOString(),
        next_at: new Date(attempted.getTime() + wait_ms).toISOString(),
        version: attempted.getTime(),
      },
    ]);
  };

  const look = async (): Promise<void> => {
    known ??= noteTargets(sql, targets, now());
    try {
      await known;
    } catch (error) {
      known = undefined;
      throw error;
    }
    const looks = await Promise.allSettled(targets.map(lookAt));
    const failed = looks.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };

  if (on_timer && targets.length > 0) poller.start(look, LOOK_MS, 'webhooks', log);
  return { look, stop: () => poller.stop() };
}

function owedOfState(due: Due): Owed {
  return { alert: asItWas(due), told: due.state, visit: due.visit, attempts: due.attempts };
}

function owedOfEnd({ what, at, visit, attempts, ...row }: EndedRow): Owed {
  return { alert: { ...storedCase(row), updated_at: at }, told: what, visit, attempts };
}

/** The alert in the state that is told: the reason of a move belongs to the last one alone. */
function asItWas({ alert, state, severity, at, is_current }: Due): Alert {
  const stands = JSON.parse(alert) as Alert;
  if (is_current) return stands;
  const was: Alert = { ...stands, state, severity, updated_at: at };
  delete was.reason;
  return was;
}

/** Writes down which targets are new: they are told of what comes from now on. */
async function noteTargets(sql: SqlClient, targets: readonly WebhookTarget[], now: Date): Promise<void> {
  const rows = await sql.queryFile<{ target: string }>('queries/webhooks/known-targets.sql');
  const known = new Set(rows.map(({ target }) => target));
  const fresh = targets.filter(({ name }) => !known.has(name));
  if (fresh.length === 0) return;
  await sql.insertRows(
    'raw_webhook_targets',
    fresh.map(({ name }) => ({ target: name, known_since: now.toISOString() })),
  );
}
