import { Type, type Static } from 'typebox';
import { defineEventType, type Violation } from '../event-type.ts';
import { DecimalNumber, Id, Int, Opt, Percent, Word, envelope, validity } from '../fields.ts';
import { validityOrder } from './validity-order.ts';

export const REBATE_BASES = ['net_sales', 'qty'] as const;
export const REBATE_PERIODS = ['month', 'quarter'] as const;

/** As large as a year's sales may be, and as money is often written: `"10000.0000"` has three decimals that count. */
const Threshold = Type.Union(
  [
    DecimalNumber(3, { minimum: 0, maximum: 999_999_999_999 }),
    Type.String({ pattern: '^[0-9]{1,12}(\\.[0-9]{1,3}0*)?$', maxLength: 24 }),
  ],
  {
    description: 'money or quantity of the period from which the rate holds',
    'x-expected': 'a number or decimal string from 0 to 999999999999 with at most 3 decimals other than 0',
  },
);

const Tier = Type.Object(
  {
    from: Threshold,
    rate_pct: Percent('rate, percent of net sales'),
  },
  { additionalProperties: false },
);

const Share = Type.Object(
  {
    level: Int('level in the chain of parents: 0 is the dealer itself', 0, 16),
    share_pct: Percent('its share'),
  },
  { additionalProperties: false },
);

/** One version of a rebate programme. */
export const rebateProgram = defineEventType({
  type: 'rebate_program',
  kind: 'reference',
  topic: 'dms.ref.rebate_program.v1',
  raw_table: 'raw_rebate_programs',
  core_view: 'core_rebate_programs',
  key_fields: ['program_id'],
  schema: Type.Object(
    {
      ...envelope,
      ...validity,
      program_id: Id('the programme'),
      basis: Word(REBATE_BASES, 'what the tiers count'),
      period: Word(REBATE_PERIODS, 'how long it counts'),
      tiers: Type.Array(Tier, { minItems: 1, maxItems: 100, description: 'ascending' }),
      retroactive: Type.Boolean({
        description: 'the reached rate holds for the whole period, not only above the step',
      }),
      split: Opt(
        Type.Array(Share, { maxItems: 16, description: "shares over the dealer's chain of parents" }),
      ),
    },
    { additionalProperties: false },
  ),
  relations: (event) => [...validityOrder(event), ...tiersAscend(event), ...sharesAddUp(event)],
});
export type RebateProgramVersion = Static<typeof rebateProgram.schema>;

function tiersAscend(event: Readonly<Record<string, unknown>>): Violation[] {
  const tiers = event['tiers'] as Static<typeof Tier>[];
  return tiers.flatMap((tier, i) => {
    const before = tiers[i - 1];
    return before && Number(tier.from) <= Number(before.from)
      ? [{ pointer: `/tiers/${i}/from`, detail: 'tiers must ascend' }]
      : [];
  });
}

function sharesAddUp(event: Readonly<Record<string, unknown>>): Violation[] {
  const split = event['split'] as Static<typeof Share>[] | null | undefined;
  if (!split || split.length === 0) return [];
  // Shares have at most 4 decimals: counted in ten-thousandths they are whole numbers.
  const sum = split.reduce((total, share) => total + Math.round(Number(share.share_pct) * 10_000), 0);
  return sum === 1_000_000 ? [] : [{ pointer: '/split', detail: 'shares must add up to 100' }];
}
