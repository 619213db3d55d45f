import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import { Currency, Id, Int, Money, Opt, PositiveQuantity, Text, envelope, validity } from '../fields.ts';
import { validityOrder } from './validity-order.ts';

/** One version of a product. */
export const product = defineEventType({
  type: 'product',
  kind: 'reference',
  topic: 'dms.ref.product.v1',
  raw_table: 'raw_products',
  core_view: 'core_products',
  key_fields: ['sku_id'],
  schema: Type.Object(
    {
      ...envelope,
      ...validity,
      sku_id: Id('the product'),
      gtin: Opt(
        Type.String({
          pattern: '^[0-9]{8}([0-9]{4,6})?$',
          description: 'GTIN-8, -12, -13 or -14',
          'x-expected': '8, 12, 13 or 14 digits',
        }),
      ),
      name: Text('name of the product', 200),
      category: Text('category of the product', 100),
      brand: Opt(Text('brand', 100)),
      unit_cost: Opt(Money('cost of one unit')),
      list_price: Opt(Money('list price of one unit')),
      currency: Opt(Currency()),
      pack_qty: Opt(PositiveQuantity('units in a pack: orders are rounded up to it')),
      lead_time_days: Opt(Type.Number({ minimum: 0, maximum: 3650, description: 'order to receipt, days' })),
      shelf_life_days: Opt(Int('days that it keeps')),
    },
    { additionalProperties: false },
  ),
  relations: validityOrder,
});
export type ProductVersion = Static<typeof product.schema>;
