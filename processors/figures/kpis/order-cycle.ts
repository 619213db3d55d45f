import { undefinedBecause } from '../../../models/channel/figure.ts';
import { kpi } from '../kpi.ts';

interface Row {
  readonly as_of: string;
  readonly cycle_p50_h: number;
}

/** Median hours from placed to first shipped, of the lines shipped in the last 28 days. */
export const orderCycle = kpi<Row>({
  id: 'order_cycle_p50',
  after: ['order-lines'],
  min_interval_ms: 5_000,
  series: { unit: 'day', count: 30, every_ms: 300_000 },
  figure: ([row]) =>
    row === undefined ? undefinedBecause('no order line was shipped in 28 days') : { value: row.cycle_p50_h },
});
