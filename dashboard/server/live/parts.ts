import { Gauge, type Registry } from 'prom-client';
import type { Admin } from '../../../ingest/kafka.ts';
import { allReady, type Readiness } from '../../../ingest/program/health.ts';
import { Neighbour, watchClickHouse, watchKafka, watchProgram } from '../../../ingest/program/neighbour.ts';
import { PARTS, type Part } from '../../../models/contract/live.ts';
import { SIGN_OF_LIFE_EVERY_MS } from '../../../models/contract/results.ts';
import type { SqlClientConfig } from '../../../sql/client.ts';

/** Three signs of life are missing, and half of one for the way. */
export const PROCESSORS_SILENT_MS = 3.5 * SIGN_OF_LIFE_EVERY_MS;

export interface PartsOptions {
  readonly edge_url: string;
  readonly warehouse: SqlClientConfig;
  readonly admin: Admin;
  /** Consumer group of the sinks. */
  readonly sink_group: string;
  readonly metrics: Registry;
  /** Milliseconds of a clock that never steps back. Default: the process's. */
  readonly now?: () => number;
}

type Watched = Pick<Neighbour, 'state' | 'readiness'>;

/**
 * What the board cannot be live without, watched from the server. A part is called stalled only when nothing that it waits for is: of a
 * sink behind a Kafka that does not answer nothing can be said.
 */
export class Parts {
  readonly #edge: Watched;
  readonly #clickhouse: Watched;
  readonly #kafka: Watched;
  readonly #sink: Watched;
  readonly #now: () => number;
  #processors_heard_ms: number;

  constructor(watched: {
    readonly edge: Watched;
    readonly clickhouse: Watched;
    readonly kafka: Watched;
    readonly sink: Watched;
    readonly now: () => number;
  }) {
    this.#edge = watched.edge;
    this.#clickhouse = watched.clickhouse;
    this.#kafka = watched.kafka;
    this.#sink = watched.sink;
    this.#now = watched.now;
    this.#processors_heard_ms = this.#now();
  }

  /** To be called with every result. */
  heardOfProcessors(): void {
    this.#processors_heard_ms = this.#now();
  }

  stalled(): readonly Part[] {
    const is: Record<Part, boolean> = {
      edge: this.#edge.state === 'silent',
      // Who is in the sinks' group is asked of Kafka too.
      kafka: this.#kafka.state !== 'well' || this.#sink.state === 'silent',
      sink: this.#sink.state === 'lacking',
      clickhouse: this.#clickhouse.state !== 'well',
      processors: this.#now() - this.#processors_heard_ms > PROCESSORS_SILENT_MS,
    };
    if (is.kafka || is.clickhouse) {
      // Nor are they to be blamed in the moment in which those are back.
      this.heardOfProcessors();
      is.processors = false;
    }
    if (is.kafka) is.sink = false;
    return PARTS.filter((part) => is[part]);
  }

  /** Whether pages and calls can be served, the edge's among them. */
  readiness(): Readiness {
    return allReady([this.#clickhouse.readiness(), this.#edge.readiness()]);
  }
}

/** Begins to watch; `stop` ends that, and leaves `admin` as it is. */
export function watchParts(options: PartsOptions): {
  readonly parts: Parts;
  readonly stop: () => Promise<void>;
} {
  const { edge_url, warehouse, admin, sink_group, metrics, now = () => performance.now() } = options;
  const watched = {
    edge: watchProgram('edge', edge_url),
    clickhouse: watchClickHouse(warehouse),
    kafka: watchKafka(admin),
    sink: Neighbour.watch({
      name: 'the sink',
      ask: async () => {
        const { groups } = await admin.describeGroups([sink_group]);
        return groups.some(({ members }) => members.length > 0) ? null : 'has no member in its group';
      },
    }),
  };
  const parts = new Parts({ ...watched, now });
  const gauge = new Gauge({
    name: 'dms_part_stalled',
    help: '1 while the server finds that this part stands still',
    labelNames: ['part'],
    registers: [metrics],
    collect: () => {
      const stalled = parts.stalled();
      for (const part of PARTS) gauge.set({ part }, stalled.includes(part) ? 1 : 0);
    },
  });
  return {
    parts,
    stop: async () => {
      await Promise.all(Object.values(watched).map((one) => one.stop()));
    },
  };
}
