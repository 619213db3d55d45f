import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the loop tells Prometheus, by processor. */
export interface LoopMetrics {
  readonly runSeconds: Histogram<'processor'>;
  readonly failures: Counter<'processor'>;
  readonly lag: Gauge<'processor'>;
  readonly ops: Counter<'processor'>;
  readonly lastSuccess: Gauge<'processor'>;
  readonly findings: Gauge<'processor' | 'about'>;
}

export function createLoopMetrics(registry: Registry): LoopMetrics {
  const labelNames = ['processor'] as const;
  const registers = [registry];
  return {
    runSeconds: new Histogram({
      name: 'dms_processor_run_seconds',
      help: 'time of one run: query, compute, store, publish',
      labelNames,
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    failures: new Counter({
      name: 'dms_processor_failures_total',
      help: 'runs that failed',
      labelNames,
      registers,
    }),
    lag: new Gauge({
      name: 'dms_processor_lag_deliveries',
      help: 'settled deliveries not yet taken in',
      labelNames,
      registers,
    }),
    ops: new Counter({
      name: 'dms_processor_published_ops_total',
      help: 'rows of the wallboard put or deleted',
      labelNames,
      registers,
    }),
    lastSuccess: new Gauge({
      name: 'dms_processor_last_success_timestamp_seconds',
      help: 'when it last succeeded',
      labelNames,
      registers,
    }),
    findings: new Gauge({
      name: 'dms_processor_findings',
      help: 'what it counted when it last looked: rows that break an identity',
      labelNames: ['processor', 'about'] as const,
      registers,
    }),
  };
}
