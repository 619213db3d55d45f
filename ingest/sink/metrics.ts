import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { PartitionEvent } from './protocol/partition.ts';

/** The figures of the sink. Labels are the contract's topic names, partitions and short words: bounded in number. */
export interface SinkMetrics {
  /** Counts what a partition tells. */
  observe(topic: string, partition: number, event: PartitionEvent): void;
  lag(topic: string, partition: number, messages: number): void;
}

const INSERT_BUCKETS_S = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const ROWS_BUCKETS = [1, 10, 100, 1_000, 10_000, 50_000];

export function createSinkMetrics(registry: Registry): SinkMetrics {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name, help, labelNames, registers });
  const rows = counter('dms_sink_rows_total', 'rows stored', ['topic']);
  const bytes = counter('dms_sink_bytes_total', 'bytes of JSON lines stored', ['topic']);
  const batches = counter('dms_sink_batches_total', 'blocks stored', ['topic']);
  const unclear = counter('dms_sink_unclear_answers_total', 'inserts without a clear answer', ['topic']);
  const orphans = counter('dms_sink_orphan_tokens_total', 'tokens acknowledged without rows', ['topic']);
  const takeovers = counter('dms_sink_takeovers_total', 'partitions taken over, by what was found', [
    'found',
  ]);
  const letters = counter('dms_sink_dead_letters_total', 'messages set aside', ['topic', 'reason']);
  const refused = counter('dms_sink_refused_blocks_total', 'blocks that ClickHouse refused', [
    'topic',
    'reason',
  ]);
  const lost = counter('dms_sink_lost_offsets_total', 'offsets that Kafka forgot before they were stored', [
    'topic',
  ]);
  const gaps = counter('dms_sink_gap_offsets_total', 'offsets at which Kafka has no record', ['topic']);
  const trouble = counter('dms_sink_retries_total', 'failed steps that are tried again', ['step']);
  const insert = new Histogram({
    name: 'dms_sink_insert_seconds',
    help: 'from sending a block to having read it back',
    buckets: INSERT_BUCKETS_S,
    registers,
  });
  const batch = new Histogram({
    name: 'dms_sink_batch_rows',
    help: 'rows of a stored block',
    buckets: ROWS_BUCKETS,
    registers,
  });
  const lag = new Gauge({
    name: 'dms_sink_lag_messages',
    help: 'messages of a partition not yet stored',
    labelNames: ['topic', 'partition'],
    registers,
  });

  return {
    observe(topic, _partition, event) {
      switch (event.kind) {
        case 'stored':
          rows.inc({ topic }, event.rows);
          bytes.inc({ topic }, event.bytes);
          batches.inc({ topic });
          insert.observe(event.insert_ms / 1000);
          batch.observe(event.rows);
          break;
        case 'unclear_answer':
          unclear.inc({ topic });
          break;
        case 'orphan_token':
          orphans.inc({ topic });
          break;
        case 'takeover':
          takeovers.inc({ found: event.found });
          break;
        case 'dead_letter':
          letters.inc({ topic, reason: event.code });
          break;
        case 'refused':
          refused.inc({ topic, reason: event.code });
          break;
        case 'loss':
          lost.inc({ topic }, event.last - event.first + 1);
          break;
        case 'gap':
          gaps.inc({ topic }, event.last - event.first + 1);
          break;
        case 'trouble':
          trouble.inc({ step: event.step });
          break;
        case 'over':
          break;
      }
    },
    lag(topic, partition, messages) {
      lag.set({ topic, partition: String(partition) }, messages);
    },
  };
}
