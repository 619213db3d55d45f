import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import { Id, Instant, Opt, Percent, envelope, validity } from '../fields.ts';
import { after, validityOrder } from './validity-order.ts';

/** One version of a promotion. */
export const promotion = defineEventType({
  type: 'promotion',
  kind: 'reference',
  topic: 'dms.ref.promotion.v1',
  raw_table: 'raw_promotions',
  core_view: 'core_promotions',
  key_fields: ['promo_id'],
  schema: Type.Object(
    {
      ...envelope,
      ...validity,
      promo_id: Id('the promotion'),
      sku_ids: Type.Array(Id('a product'), { maxItems: 10_000, description: 'products in it' }),
      territory_ids: Opt(
        Type.Array(Id('a territory'), { maxItems: 10_000, description: 'territories in it; empty = all' }),
      ),
      starts: Instant('first instant'),
      ends: Instant('first instant after it'),
      discount_pct: Percent('discount on the guide price, percent'),
    },
    { additionalProperties: false },
  ),
  relations: (event) => [...validityOrder(event), ...after(event, 'starts', 'ends')],
});
export type PromotionVersion = Static<typeof promotion.schema>;
