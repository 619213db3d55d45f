import { undefinedBecause } from '../../../models/channel/figure.ts';
import { daysOfSupply as daysOf } from '../../../models/turnover/turnover.ts';
import { kpi } from '../kpi.ts';

interface Row {
  readonly as_of: string;
  readonly available_units: number;
  readonly daily_demand: number;
}

/** Days that what is available lasts at the demand that is forecast, or at that of the last 28 days where none is. */
export const daysOfSupply = kpi<Row>({
  id: 'days_of_supply',
  lane: 'slow',
  after: ['stock-days', 'sales-days'],
  min_interval_ms: 15_000,
  series: { unit: 'day', count: 30, every_ms: 900_000 },
  figure: ([row]) =>
    row === undefined
      ? undefinedBecause('no stock snapshot in 35 days')
      : daysOf(row.available_units, row.daily_demand),
});
