import { eventually, type Pipeline } from '../../stack/lab/pipeline.ts';

/** A channel of two dealers and two products with 120 days of orders, all delivered, and stock as of now. */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Shanghai's clock is ahead of UTC by so much all the year. */
const SHANGHAI_MS = 8 * HOUR_MS;
const DAYS = 120;
const DEALERS = ['D1', '=D2'] as const;
const SKUS = ['0017', 'S2'] as const;

/** So many days before today in Shanghai, at noon there. More at weekends; the second product sells once a week. */
function ordersOf(day: number): { event_id: string; [field: string]: unknown }[] {
  const today_ms = Math.floor((Date.now() + SHANGHAI_MS) / DAY_MS) * DAY_MS - SHANGHAI_MS;
  const at = new Date(today_ms - day * DAY_MS + 12 * HOUR_MS);
  const weekday = at.getUTCDay();
  return DEALERS.flatMap((dealer_id, d) =>
    SKUS.flatMap((sku_id, s) => {
      if (s === 1 && weekday !== 3) return [];
      const qty = s === 1 ? 4 : 10 + d * 5 + (weekday === 0 || weekday === 6 ? 8 : 0) + (day % 3);
      return [
        {
          event_id: `o-${day}-${d}-${s}`,
          source: 'erp',
          event_time: at.toISOString(),
          dealer_id,
          order_id: `O${day}-${d}`,
          line_no: s + 1,
          sku_id,
          stage: 'placed',
          qty,
          unit_price: '10.00',
          currency: 'CNY',
          channel: 'portal',
        },
      ];
    }),
  );
}

/** Posts the channel and returns when the marts hold it. */
export async function postForecastChannel(pipeline: Pipeline): Promise<void> {
  const valid_from = new Date(Date.now() - 200 * DAY_MS).toISOString();
  const reference = { source: 'erp', event_time: valid_from, valid_from };
  await pipeline.post(
    'dealer',
    DEALERS.map((dealer_id, i) => ({
      ...reference,
      event_id: `d${i}`,
      dealer_id,
      name: `经销商 ${i}`,
      tier: 1,
      territory_id: 'T1',
      adcode: '310000',
      lat: 31 + i,
      lon: 121,
      status: 'active',
    })),
  );
  await pipeline.post(
    'product',
    SKUS.map((sku_id, i) => ({
      ...reference,
      event_id: `p${i}`,
      sku_id,
      name: `产品 ${i}`,
      category: 'c',
      unit_cost: '10.00',
      list_price: '20.00',
      currency: 'CNY',
      pack_qty: 6,
      lead_time_days: 5,
    })),
  );
  // The first dealer has plenty, the second nothing.
  await pipeline.post(
    'stock',
    DEALERS.flatMap((dealer_id, d) =>
      SKUS.map((sku_id, s) => ({
        event_id: `s-${d}-${s}`,
        source: 'wms',
        event_time: new Date().toISOString(),
        dealer_id,
        location_id: 'W1',
        sku_id,
        on_hand: d === 0 ? 2_000 : 0,
        in_transit: 0,
        committed: 0,
        unit_cost: '10.00',
        currency: 'CNY',
      })),
    ),
  );
  const orders = Array.from({ length: DAYS }, (_, i) => ordersOf(i + 1)).flat();
  const delivered = orders.map((order) => ({
    ...order,
    event_id: `d-${order.event_id}`,
    stage: 'delivered',
  }));
  await pipeline.post('order', orders);
  await pipeline.post('order', delivered);
  await eventually('all orders in the mart', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>(
      'SELECT sum(placed_lines) AS n FROM mart_sales_days',
    );
    return row?.n === orders.length ? true : undefined;
  });
  await eventually('all deliveries in the mart', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>(
      "SELECT countIf(stage != 'delivered') AS n FROM mart_order_lines",
    );
    return row?.n === 0 ? true : undefined;
  });
  await eventually('the stock in the mart', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>('SELECT count() AS n FROM mart_stock_days');
    return row?.n === DEALERS.length * SKUS.length ? true : undefined;
  });
}
