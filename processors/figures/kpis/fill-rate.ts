import { ratio } from '../../../models/channel/figure.ts';
import { kpi } from '../kpi.ts';

interface Row {
  readonly as_of: string;
  readonly filled_qty: number;
  readonly due_qty: number;
}

/** Share of the quantity due in the last 28 days that was shipped on time. */
export const fillRate = kpi<Row>({
  id: 'fill_rate',
  after: ['order-lines'],
  min_interval_ms: 5_000,
  series: { unit: 'day', count: 30, every_ms: 300_000 },
  figure: ([row]) => ratio(row?.filled_qty ?? 0, row?.due_qty ?? 0, 'no order line fell due in 28 days'),
});
