import type { LiveRow } from '../../models/contract/live.ts';
import { ORDER_STAGES } from '../../models/contract/events/order.ts';
import type { ResultMessage } from '../../models/contract/results.ts';
import { RESULTS_TOPIC } from '../../models/contract/topics.ts';
import { topicName, type Producer } from '../../ingest/kafka.ts';

/** Rows of the large result: a page of the ranking, some 20 KB as a frame. */
const RANKED = 100;

/** Every stage's row, all changed: about what the board gets of one processor's run. The nth of a run. */
export function stagesResult(n: number, at: Date): ResultMessage {
  const ops = ORDER_STAGES.map((stage, index) => {
    const row: LiveRow<'orders.stages'> = {
      stage,
      open_lines: n + index,
      entered_24h: n * 10 + index,
      age_p50_s: 3_600 + n,
      age_p90_s: 86_400 + n,
      sla_s: 14_400,
      over_sla_share: (n % 100) / 100,
      dwell_share: 1 / ORDER_STAGES.length,
    };
    return { op: 'put' as const, key: stage, row };
  });
  return { topic: 'orders.stages', as_of: at.toISOString(), processor: 'bench', ops };
}

/** The nth of a run: as `stagesResult`, but large. */
export function rankingResult(n: number, at: Date): ResultMessage {
  const ops = Array.from({ length: RANKED }, (_, index) => {
    const dealer_id = `D${String(index).padStart(4, '0')}`;
    const row: LiveRow<'dealers.ranking'> = {
      rank: index + 1,
      dealer_id,
      name: `经销商 ${dealer_id}`,
      region: '浙江省',
      sales_value: 1_000_000 - index + n,
      sales_index: 100 - index / 2,
      days_of_supply: n % 60,
    };
    return { op: 'put' as const, key: dealer_id, row };
  });
  return { topic: 'dealers.ranking', as_of: at.toISOString(), processor: 'bench', ops };
}

/** Publishes results at a steady rate until told to stop; resolves with how many there were. */
export async function publishSteadily(options: {
  readonly producer: Producer;
  readonly prefix: string;
  readonly per_s: number;
  readonly until: AbortSignal;
  readonly make: (n: number, at: Date) => ResultMessage;
}): Promise<number> {
  const { producer, prefix, per_s, until, make } = options;
  const began_ms = performance.now();
  let n = 0;
  while (!until.aborted) {
    const result = make(n, new Date());
    const messages = [{ key: result.topic, value: JSON.stringify(result) }];
    await producer.send({ topic: topicName(RESULTS_TOPIC, prefix), messages });
    n += 1;
    const wait_ms = began_ms + (n * 1000) / per_s - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait_ms)));
  }
  return n;
}
