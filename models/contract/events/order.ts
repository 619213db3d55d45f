import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import {
  Currency,
  Day,
  Id,
  Int,
  Money,
  Opt,
  PositiveQuantity,
  Text,
  Word,
  dealerId,
  envelope,
} from '../fields.ts';

/** The stages of an order line. `rework` sends it back; cancelled and returned end it. */
export const ORDER_STAGES = [
  'placed',
  'confirmed',
  'rework',
  'finance_review',
  'approved',
  'allocated',
  'shipped',
  'delivered',
  'cancelled',
  'returned',
] as const;
export type OrderStage = (typeof ORDER_STAGES)[number];

/** The ways in which a dealer orders. */
export const ORDER_CHANNELS = ['portal', 'mobile', 'rep', 'edi', 'phone'] as const;

/** One event per order line and stage. */
export const order = defineEventType({
  type: 'order',
  kind: 'event',
  topic: 'dms.orders.v1',
  raw_table: 'raw_orders',
  core_view: 'core_orders',
  key_fields: ['order_id'],
  schema: Type.Object(
    {
      ...envelope,
      dealer_id: dealerId(),
      order_id: Id('the order'),
      line_no: Int('place of the line in its order, from 1', 1),
      sku_id: Id('the product ordered'),
      stage: Word(ORDER_STAGES, 'the stage that the line has entered'),
      qty: PositiveQuantity('quantity in sales units; positive also when returned'),
      unit_price: Money('net price of one unit'),
      currency: Currency(),
      channel: Word(ORDER_CHANNELS, 'the way in which it was ordered'),
      promo_id: Opt(Id('the promotion that it was ordered under')),
      supplier_id: Opt(Id('who supplies it: the parent dealer or "HQ"')),
      requested_date: Opt(Day('the day the dealer wants it by')),
      freight_cost: Opt(Money('freight of the line')),
      expedited: Opt(Type.Boolean({ description: 'shipped by emergency freight' })),
      reason: Opt(Text('why it was reworked, cancelled or returned')),
    },
    { additionalProperties: false },
  ),
});
export type OrderEvent = Static<typeof order.schema>;
