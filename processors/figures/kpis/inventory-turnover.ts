import { undefinedBecause } from '../../../models/channel/figure.ts';
import { toldIn } from '../../../models/channel/money-in.ts';
import { inventoryTurnover as turnoverOf } from '../../../models/turnover/turnover.ts';
import { kpi, type KpiFigure } from '../kpi.ts';

interface Row {
  readonly as_of: string;
  readonly currency: string;
  readonly average_value: number | null;
  readonly days: number;
  readonly cogs: number;
  readonly uncosted_qty: number;
  /** Days of dealers on which what was shipped is costed in a currency that none of their stock is told in. */
  readonly costed_elsewhere: number;
}

/** Times a year that the channel's stock turns over, from the last 90 days. */
export const inventoryTurnover = kpi<Row>({
  id: 'inventory_turnover',
  lane: 'slow',
  after: ['stock-days', 'sales-days'],
  min_interval_ms: 30_000,
  series: { unit: 'day', count: 30, every_ms: 900_000 },
  figure: (rows, { reporting_currency }): KpiFigure => {
    const told = toldIn(
      rows.map((row) => row.currency),
      reporting_currency,
    );
    if (told === null) return undefinedBecause(`stock in several currencies, none in ${reporting_currency}`);
    const row = rows.find((one) => one.currency === told.currency);
    if (row === undefined) return undefinedBecause('no stock snapshot in 90 days');
    if (row.cogs === 0 && row.uncosted_qty > 0)
      return undefinedBecause('no unit cost is known for what was shipped');
    if (row.cogs === 0 && row.costed_elsewhere > 0)
      return undefinedBecause('the unit cost of what was shipped is in another currency');
    const left_out = [
      told.reason,
      row.uncosted_qty > 0 ? 'without shipments whose unit cost is not known' : undefined,
      row.costed_elsewhere > 0 ? 'without shipments whose unit cost is in another currency' : undefined,
    ]
      .filter((reason) => reason !== undefined)
      .join('; ');
    const figure = turnoverOf(row.cogs, row.average_value, row.days);
    return figure.value === null || left_out === '' ? figure : { ...figure, reason: left_out };
  },
});
