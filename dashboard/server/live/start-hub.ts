import { randomBytes } from 'node:crypto';
import pRetry from 'p-retry';
import type { Registry } from 'prom-client';
import type { Admin, Kafka } from '../../../ingest/kafka.ts';
import type { Readiness } from '../../../ingest/program/health.ts';
import type { Logger, Running } from '../../../ingest/program/program.ts';
import type { SqlClient } from '../../../sql/client.ts';
import { SqlError } from '../../../sql/sql-error.ts';
import { Hub } from './hub.ts';
import type { LiveLimits } from './limits.ts';
import { createLiveMetrics, gaugeUnsent } from './metrics.ts';
import type { Parts } from './parts.ts';
import { RESULTS_LATE_MS, followResults, resultsEnd, type Results } from './results.ts';
import { seedState } from './seed.ts';

/** Attempts to read the first state while ClickHouse comes up: about a minute, then the start fails. */
const SEED_RETRIES_MAX = 8;

export interface HubParts {
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly sql: SqlClient;
  /** Of the topics. */
  readonly prefix: string;
  readonly limits: LiveLimits;
  /** Told of the processors' signs of life. */
  readonly parts: Parts;
  /** Which build of the pages the clients should have. */
  readonly build: string;
  /** Of the statements that the state is read by. */
  readonly params: { readonly time_zone: string; readonly reporting_currency: string };
  readonly metrics: Registry;
  readonly log: Logger;
  /** The results can be followed no more: the process is to end and be started anew. */
  readonly onFailure: (error: Error) => void;
}

/** A hub that has what the processors publish. */
export interface RunningHub extends Running {
  readonly hub: Hub;
  readonly readiness: () => Readiness;
}

/**
 * Resolves when the hub has the state of the marts in it, and follows the results from then on. The end of their topic is noted first and
 * the marts are read after it, so that every later result is either in what was read or follows.
 */
export async function startHub(options: HubParts): Promise<RunningHub> {
  const { kafka, admin, sql, prefix, limits, parts, build, params, log, onFailure } = options;
  const metrics = createLiveMetrics(options.metrics);
  const seed = () =>
    pRetry(() => seedState({ sql, epoch: newEpoch(), limits, params, metrics, log }), {
      retries: SEED_RETRIES_MAX,
      minTimeout: 250,
      shouldRetry: ({ error }) => error instanceof SqlError && error.retriable,
    });
  const from = await resultsEnd(admin, prefix);
  const hub = new Hub({
    state: await seed(),
    limits,
    metrics,
    build,
    stalled: () => parts.stalled(),
    now: Date.now,
  });
  gaugeUnsent(options.metrics, () => hub.unsent_bytes_max);
  const results = await followResults({
    kafka,
    prefix,
    from,
    log,
    dead: onFailure,
    apply: (message) => {
      parts.heardOfProcessors();
      hub.publish(message);
      metrics.results.inc({ topic: message.topic });
    },
    refuse: (offset, violation) => {
      metrics.refusedResults.inc();
      log.error({ offset: offset.toString(), violation }, 'a result is left out');
    },
    reseed: async () => {
      const next = await resultsEnd(admin, prefix);
      hub.replaceState(await seed());
      metrics.reseeds.inc();
      return next;
    },
  });
  return { hub, readiness: () => readinessOf(results), stop: () => results.stop() };
}

function readinessOf(results: Results): Readiness {
  const silent_ms = results.silent_ms();
  if (silent_ms > RESULTS_LATE_MS)
    return { ready: false, reason: `no answer from Kafka for ${Math.round(silent_ms / 1000)} s` };
  return { ready: true };
}

/** Another one at each start: positions of an earlier state mean nothing in this one. */
function newEpoch(): string {
  return `${Date.now().toString(36)}-${randomBytes(4).toString('hex')}`;
}
