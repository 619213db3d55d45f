import { ORDER_STAGES, type OrderStage } from '../../models/contract/events/order.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import { defineProcessor } from '../processor.ts';

interface StageRow {
  readonly stage: OrderStage;
  readonly open_lines: number;
  readonly entered_24h: number;
  readonly age_p50_s: number | null;
  readonly age_p90_s: number | null;
  readonly over_sla_lines: number;
  readonly all_dwell_s: number;
  readonly as_of: string;
}

/** Where order lines stand, how long they stay, and who waits too long (D4, D20). */
export const orderStages = defineProcessor({
  id: 'order-stages',
  trigger: { on: 'timer', every_ms: 15_000, after: ['order-lines'], min_interval_ms: 3_000 },
  query: ({ sql, now, settings }) =>
    sql.queryFile<StageRow>('queries/processors/order-stages.sql', {
      params: {
        now,
        sla_stages: [...settings.stage_sla_s.keys()],
        sla_s: [...settings.stage_sla_s.values()],
      },
    }),
  compute: (stages: readonly StageRow[], { settings }) => {
    const dwell_s = stages.reduce((sum, stage) => sum + stage.all_dwell_s, 0);
    const rows = new Map(
      ORDER_STAGES.map((stage): [string, LiveRow<'orders.stages'>] => {
        const row = stages.find((one) => one.stage === stage);
        const sla_s = settings.stage_sla_s.get(stage) ?? null;
        const open_lines = row?.open_lines ?? 0;
        return [
          stage,
          {
            stage,
            open_lines,
            entered_24h: row?.entered_24h ?? 0,
            age_p50_s: row?.age_p50_s ?? null,
            age_p90_s: row?.age_p90_s ?? null,
            sla_s,
            over_sla_share:
              sla_s === null || open_lines === 0 ? null : (row?.over_sla_lines ?? 0) / open_lines,
            dwell_share: dwell_s > 0 ? (row?.all_dwell_s ?? 0) / dwell_s : null,
          },
        ];
      }),
    );
    return { live: [{ topic: 'orders.stages' as const, as_of: stages[0]?.as_of ?? null, rows }] };
  },
  store: () => Promise.resolve(),
});
