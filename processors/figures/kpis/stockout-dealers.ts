import { undefinedBecause } from '../../../models/channel/figure.ts';
import { kpi } from '../kpi.ts';

interface Row {
  readonly as_of: string;
  readonly stockout_dealers: number;
}

/** Dealers that have nothing available of a product which was ordered in the last 28 days. */
export const stockoutDealers = kpi<Row>({
  id: 'stockout_dealers',
  lane: 'slow',
  after: ['stock-days', 'sales-days'],
  min_interval_ms: 15_000,
  series: { unit: 'day', count: 30, every_ms: 900_000 },
  figure: ([row]) =>
    row === undefined ? undefinedBecause('no stock snapshot in 35 days') : { value: row.stockout_dealers },
});
