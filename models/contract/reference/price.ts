import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import { Currency, Id, IdOrEmpty, Int, Money, Opt, envelope, validity } from '../fields.ts';
import { validityOrder } from './validity-order.ts';

/** One version of a price rule: the most specific (territory, then tier) that holds at t applies. */
export const price = defineEventType({
  type: 'price',
  kind: 'reference',
  topic: 'dms.ref.price.v1',
  raw_table: 'raw_prices',
  core_view: 'core_prices',
  key_fields: ['sku_id', 'tier', 'territory_id'],
  schema: Type.Object(
    {
      ...envelope,
      ...validity,
      sku_id: Id('the product'),
      tier: Opt(Int('tier of the dealer; 0 = any', 0, 255)),
      territory_id: Opt(IdOrEmpty('territory of the dealer; "" = any')),
      floor_price: Money('lowest net unit price allowed'),
      guide_price: Opt(Money('recommended unit price')),
      currency: Currency(),
    },
    { additionalProperties: false },
  ),
  relations: validityOrder,
});
export type PriceVersion = Static<typeof price.schema>;
