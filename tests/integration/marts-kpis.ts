import type { OrderEvent } from '../../models/contract/events/order.ts';
import { DAY, HOUR, at, localDay, quantile, sum } from './marts-channel.ts';

/** The KPIs that order lines alone tell, of any set of them: lines as their events in order of time. */
export function orderKpis(
  lines: readonly (readonly OrderEvent[])[],
  now_ms: number,
): Record<string, number | null> {
  const today = localDay(now_ms);
  const first = (line: readonly OrderEvent[], stage: OrderEvent['stage']): OrderEvent | undefined =>
    line.find((event) => event.stage === stage);
  const placed = lines.flatMap((line) => {
    const order = first(line, 'placed');
    return order ? [{ line, order }] : [];
  });
  const due = placed.flatMap(({ line, order }) => {
    const due_ms = order.requested_date
      ? Date.parse(order.requested_date) + DAY - 8 * HOUR
      : at(order) + 7 * DAY;
    const shipped = sum(
      line.filter((event) => event.stage === 'shipped' && at(event) < due_ms).map(({ qty }) => Number(qty)),
    );
    const qty = Number(order.qty);
    return due_ms > now_ms - 28 * DAY && due_ms <= now_ms ? [{ qty, filled: Math.min(qty, shipped) }] : [];
  });
  const cycle_h = placed.flatMap(({ line, order }) => {
    const shipped = first(line, 'shipped');
    return shipped && at(shipped) > now_ms - 28 * DAY ? [(at(shipped) - at(order)) / HOUR] : [];
  });
  return {
    orders_today_value: sum(
      placed
        .filter(({ order }) => localDay(at(order)) === today)
        .map(({ order }) => Number(order.qty) * Number(order.unit_price)),
    ),
    fill_rate:
      due.length === 0 ? null : sum(due.map(({ filled }) => filled)) / sum(due.map(({ qty }) => qty)),
    order_cycle_p50: quantile(cycle_h, 0.5),
  };
}
