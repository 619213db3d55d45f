/** Events about prices: a floor of a product, and order lines below it. Times are so long before `now`. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const now = new Date();
export const iso = (ago_ms: number): string => new Date(now.getTime() - ago_ms).toISOString();
export const long_ago = iso(400 * DAY);
export const version = (event_id: string, valid_from: string) => ({
  event_id,
  source: 'mdm',
  event_time: long_ago,
  valid_from,
});
export const floor = (event_id: string, sku_id: string, floor_price: string, valid_from: string) => ({
  ...version(event_id, valid_from),
  sku_id,
  floor_price,
  currency: 'CNY',
});
export const line = (
  order_id: string,
  sku_id: string,
  unit_price: string,
  ago_ms: number,
  fields: object = {},
) => ({
  event_id: `${order_id}-placed`,
  source: 'erp',
  event_time: iso(ago_ms),
  dealer_id: 'D1',
  order_id,
  line_no: 1,
  sku_id,
  stage: 'placed',
  qty: 10,
  unit_price,
  currency: 'CNY',
  channel: 'portal',
  ...fields,
});
