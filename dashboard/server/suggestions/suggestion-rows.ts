import { Type, type Static } from 'typebox';
import { Instant } from '../../../models/contract/fields.ts';
import { DECISIONS, SUGGESTION_STATES } from '../../../models/contract/suggestion.ts';

const Units = (description: string) => Type.Number({ description: `units: ${description}` });
const OrNull = <
  T extends ReturnType<typeof Type.Number> | ReturnType<typeof Type.Integer> | ReturnType<typeof Type.String>,
>(
  schema: T,
) => Type.Union([schema, Type.Null()]);

const Decided = {
  state: Type.Enum([...SUGGESTION_STATES]),
  decided_qty: OrNull(Units('decided; null while open')),
  decision_reason: OrNull(Type.String({ description: 'null while open' })),
  decided_by: OrNull(Type.String({ description: 'null while open' })),
  decided_at: OrNull(Instant('null while open')),
};

/** What an accepted suggestion has brought beside doing nothing: of mart_suggestion_benefit. */
const Benefit = {
  stockout_days: OrNull(Type.Integer({ description: 'stock-out days in its horizon as it happened' })),
  stockout_days_without: OrNull(Type.Integer({ description: 'as it would have been without the quantity' })),
  lost_qty: OrNull(Units('lost as it happened')),
  lost_qty_without: OrNull(Units('lost as it would have been without the quantity')),
  saved_days: OrNull(
    Type.Integer({
      description: 'stock-out days avoided, less those caused at the giver; null while not measured',
    }),
  ),
  saved_qty: OrNull(Units('saved sales, less those that the giver lost; null while not measured')),
  benefit_reason: Type.String({ description: 'why it is not measured; empty = it is' }),
};

/** A suggested order and what it is made of: a row of mart_replenishment. */
export const OrderRow = Type.Object({
  suggestion_id: Type.String({ description: 'rp:<dealer>:<product>:<cycle>' }),
  cycle: Type.String({ description: 'ISO week, e.g. 2026-W48' }),
  dealer_id: Type.String(),
  dealer_name: Type.String({ description: 'its name now' }),
  sku_id: Type.String(),
  sku_name: Type.String({ description: 'its name now' }),
  qty: Units('to order, whole packs'),
  demand: Units('mean over lead and review time'),
  promo_uplift: OrNull(Units('of the demand, what promotions add; null where it was not computed')),
  safety: Units('target − demand'),
  target: Units('quantile of that demand at the service level'),
  position: Units('on_hand + on_order + in_transit − committed'),
  on_hand: Units('in stock'),
  on_order: Units('ordered and not yet shipped nor cancelled'),
  in_transit: Units('on their way in, transfers accepted lately among them'),
  committed: Units('promised, to transfers accepted lately too'),
  rounding: Units('what rounding up to whole packs adds'),
  pack_qty: Units('in a pack'),
  lead_time_days: Type.Number(),
  review_days: Type.Number(),
  covered_days: Type.Number({
    description:
      'days of lead and review time that the forecast covers; fewer than both = demand beyond its end is not in the target',
  }),
  service_level: Type.Number({ description: 'cycle service, 0-1' }),
  forecast_version: Type.String(),
  created_at: Instant('when it was suggested'),
  ...Decided,
  ...Benefit,
});
export type OrderRow = Static<typeof OrderRow>;
export type Benefit = Pick<OrderRow, keyof typeof Benefit>;

/** A suggested transfer between two dealers: a row of mart_transfers. */
export const TransferRow = Type.Object({
  suggestion_id: Type.String({ description: 'tr:<from>:<to>:<product>:<cycle>' }),
  cycle: Type.String({ description: 'ISO week, e.g. 2026-W48' }),
  from_dealer_id: Type.String(),
  from_dealer_name: Type.String({ description: 'its name now' }),
  to_dealer_id: Type.String(),
  to_dealer_name: Type.String({ description: 'its name now' }),
  sku_id: Type.String(),
  sku_name: Type.String({ description: 'its name now' }),
  qty: Units('to move, whole packs'),
  gain: Type.String({ description: 'margin on what will not be missing, in currency' }),
  cost: Type.String({ description: 'of the transfer, in currency' }),
  currency: Type.String(),
  distance_km: Type.Number({ description: 'great circle' }),
  surplus: Units('that the giver has beyond its demand to the horizon and its buffer'),
  shortage: Units('that the receiver will miss before an order can arrive'),
  forecast_version: Type.String(),
  created_at: Instant('when it was suggested'),
  ...Decided,
  ...Benefit,
});
export type TransferRow = Static<typeof TransferRow>;

/** What was decided on a suggestion. */
export const Decision = Type.Object({
  suggestion_id: Type.String(),
  decision: Type.Enum([...DECISIONS]),
  qty: Units('as suggested, the edited quantity, or 0'),
  reason: Type.String(),
  decided_by: Type.String(),
  decided_at: Instant('when'),
});
export type Decision = Static<typeof Decision>;
