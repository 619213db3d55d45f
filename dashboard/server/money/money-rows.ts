import { Type, type Static } from 'typebox';
import { Instant } from '../../../models/contract/fields.ts';
import { MATCH_PAIRS } from '../../../models/money/three-way-match.ts';

/** Money of these calls is a decimal text, exact: never a float. */
const Amount = (description: string) => Type.String({ description });
const OrNull = (description: string) => Type.Union([Amount(description), Type.Null()]);

/** Where two steps of an order differ, to the smallest unit of its currency. */
export const Difference = Type.Object({
  dealer_id: Type.String(),
  dealer_name: Type.String({ description: 'its name now; the id where none is known' }),
  order_id: Type.String({ description: 'empty = the documents of the dealer that name no order' }),
  currency: Type.String(),
  pair: Type.Enum([...MATCH_PAIRS], { description: 'the steps that differ' }),
  earlier_amount: OrNull('ordered less cancelled; shipped less returned; invoiced less credited'),
  later_amount: OrNull('shipped; invoiced less credited; paid, by rebates credited to the order too'),
  difference: OrNull('later − earlier: negative = still to come; null where a feed is missing'),
  since: Type.Union([Instant('the oldest movement that the other side does not cover'), Type.Null()]),
  age_days: Type.Union([Type.Integer(), Type.Null()]),
  age_band: Type.String(),
  reason: Type.Optional(Type.String({ description: 'why difference is null' })),
});
export type Difference = Static<typeof Difference>;

/** A month of a dealer's account; what the dealer owes is positive. */
export const Statement = Type.Object({
  dealer_id: Type.String(),
  currency: Type.String(),
  month: Type.String({ description: 'YYYY-MM in the zone of the installation' }),
  opening: Amount('owed at its start'),
  invoiced: Amount('invoices'),
  paid: Amount('payments'),
  credited: Amount('credit notes'),
  rebated: Amount('rebates paid'),
  closing: Amount('opening + invoiced − paid − credited − rebated'),
});
export type Statement = Static<typeof Statement>;

/** A rebate, what it follows from and who gets it. */
export const RebateRow = Type.Object({
  program_id: Type.String(),
  dealer_id: Type.String({ description: 'the dealer whose purchases earned it' }),
  dealer_name: Type.String({ description: 'its name now; the id where none is known' }),
  currency: Type.String(),
  period: Type.Enum(['month', 'quarter']),
  period_start: Type.String({ description: 'first local day' }),
  period_end: Type.String({ description: 'first local day after it' }),
  is_over: Type.Boolean(),
  amount: Amount('recomputed, rounded once to the smallest unit of the currency'),
  claimed: OrNull('claims'),
  booked: OrNull('paid or credited'),
  difference: OrNull('booked − amount; null while the period is not over'),
  reason: Type.Optional(Type.String({ description: 'why difference is null' })),
  derivation: Type.Union(
    [
      Type.Object({
        version_from: Instant('version of the programme'),
        basis: Type.Enum(['net_sales', 'qty']),
        retroactive: Type.Boolean(),
        basis_value: Amount('how much the period has of what the tiers count'),
        net_sales: Amount('shipped less returned'),
        qty: Amount('the same in units'),
        steps: Type.Array(
          Type.Object({
            tier_from: Amount('the tier'),
            rate_pct: Amount('its rate, percent of net sales'),
            counted: Amount('what falls to it'),
            net_sales: Amount('net sales that the rate is applied to'),
            amount: Amount('what it earns'),
          }),
          { description: 'their amounts sum to the rebate exactly' },
        ),
      }),
      Type.Null(),
    ],
    { description: 'null where no version of the programme was valid' },
  ),
  parts: Type.Array(
    Type.Object({
      dealer_id: Type.String(),
      level: Type.Integer(),
      share_pct: Amount('percent'),
      amount: Amount('its part'),
    }),
    { description: 'the rebate divided over the chain of parents; they sum to it exactly' },
  ),
});
export type RebateRow = Static<typeof RebateRow>;
