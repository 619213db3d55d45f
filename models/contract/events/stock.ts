import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import { Currency, Id, Money, Quantity, dealerId, envelope } from '../fields.ts';

/** A snapshot of one location and SKU. */
export const stock = defineEventType({
  type: 'stock',
  kind: 'event',
  topic: 'dms.stock.v1',
  raw_table: 'raw_stock',
  core_view: 'core_stock',
  key_fields: ['dealer_id'],
  schema: Type.Object(
    {
      ...envelope,
      dealer_id: dealerId(),
      location_id: Id('warehouse or store of the dealer'),
      sku_id: Id('the product'),
      on_hand: Quantity('units on hand'),
      in_transit: Quantity('units on their way in'),
      committed: Quantity('units on hand that are promised'),
      unit_cost: Money('cost of one unit'),
      currency: Currency(),
    },
    { additionalProperties: false },
  ),
});
export type StockEvent = Static<typeof stock.schema>;
