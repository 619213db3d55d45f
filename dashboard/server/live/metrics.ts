import { Counter, Gauge, type Registry } from 'prom-client';

/** What the live part tells Prometheus. */
export interface LiveMetrics {
  readonly clients: Gauge;
  readonly frames: Counter<'kind'>;
  readonly resumes: Counter;
  readonly fellBehind: Counter;
  readonly closes: Counter<'code'>;
  readonly results: Counter<'topic'>;
  readonly refusedResults: Counter;
  readonly reseeds: Counter;
}

export function createLiveMetrics(registry: Registry): LiveMetrics {
  const registers = [registry];
  return {
    clients: new Gauge({ name: 'dms_live_clients', help: 'sockets open now', registers }),
    frames: new Counter({
      name: 'dms_live_frames_total',
      help: 'data frames sent: patch, merged (several patches in one) or snap',
      labelNames: ['kind'],
      registers,
    }),
    resumes: new Counter({
      name: 'dms_live_resumes_total',
      help: 'topics that a client came back to with a position',
      registers,
    }),
    fellBehind: new Counter({
      name: 'dms_live_fell_behind_total',
      help: 'times that a client had more unsent bytes than the limit',
      registers,
    }),
    closes: new Counter({
      name: 'dms_live_closes_total',
      help: 'sockets closed by the server, by close code',
      labelNames: ['code'],
      registers,
    }),
    results: new Counter({
      name: 'dms_live_results_total',
      help: 'result messages applied, by live topic',
      labelNames: ['topic'],
      registers,
    }),
    refusedResults: new Counter({
      name: 'dms_live_results_refused_total',
      help: 'result messages that were no result or held a row that is not of its topic',
      registers,
    }),
    reseeds: new Counter({
      name: 'dms_live_reseeds_total',
      help: 'times that the state was read anew from ClickHouse because results were missing',
      registers,
    }),
  };
}

/** Tells, whenever it is asked, how many bytes wait unsent for the client for which most do. */
export function gaugeUnsent(registry: Registry, most: () => number): void {
  new Gauge({
    name: 'dms_live_unsent_bytes_max',
    help: 'bytes that wait unsent for the one client for which most do',
    registers: [registry],
    collect() {
      this.set(most());
    },
  });
}
