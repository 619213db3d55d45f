import { toldIn, type Amount } from '../../../models/channel/money-in.ts';
import { kpi } from '../kpi.ts';

interface Row extends Amount {
  readonly as_of: string;
}

/** Value of the order lines placed since local midnight. A day without orders yet is worth 0, not nothing. */
export const ordersTodayValue = kpi<Row>({
  id: 'orders_today_value',
  lane: 'live',
  // The feed's arrivals are noted by the other lane: they tell whether there is a feed, and how far it has come.
  after: ['order-lines', 'feed-arrivals'],
  min_interval_ms: 50,
  series: { unit: 'hour', count: 24, every_ms: 60_000 },
  figure: (rows, { reporting_currency }) => {
    const told = toldIn(
      rows.map((row) => row.currency),
      reporting_currency,
    );
    if (told === null)
      return { value: null, reason: `orders in several currencies, none in ${reporting_currency}` };
    const amount = rows.find((row) => row.currency === told.currency)?.amount ?? '0';
    return { ...told, value: Number(amount) };
  },
});
