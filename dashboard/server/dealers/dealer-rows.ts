import { Type, type Static } from 'typebox';
import { Instant } from '../../../models/contract/fields.ts';

const numberOrNull = (description: string) => Type.Union([Type.Number({ description }), Type.Null()]);
const instantOrNull = (description: string) => Type.Union([Instant(description), Type.Null()]);

/** A dealer among others. */
export const DealerRow = Type.Object({
  dealer_id: Type.String(),
  name: Type.String(),
  tier: Type.Integer({ description: 'level in the channel, 1 buys from HQ' }),
  adcode: Type.String({ description: 'GB/T 2260; empty = not known' }),
  territory_id: Type.String(),
  status: Type.String({ description: 'where it stands in its life' }),
  wave: Type.String({ description: 'roll-out wave; empty = none' }),
  score: numberOrNull('0-100; null where nothing is known of it'),
  known_weight: numberOrNull('share of the weights behind the score, 0-1'),
});
export type DealerRow = Static<typeof DealerRow>;

/** One part of a dealer's score. */
const ScorePart = Type.Object({
  part: Type.String({
    description: 'growth, sell_through, fill, payment, price_compliance, diversion or data_quality',
  }),
  value: numberOrNull('the dealer’s figure; null where nothing is known of it in the window'),
  percentile: numberOrNull('share of the dealers that are worse, 0-1'),
  weight: Type.Number(),
});

/** A product at the dealer. */
const SupplyRow = Type.Object({
  sku_id: Type.String(),
  sku_name: Type.String(),
  available_qty: Type.Number({ description: 'units' }),
  daily_demand: Type.Number({ description: 'units a day' }),
  demand_basis: Type.Enum(['forecast', 'trailing_mean'] as const, {
    description: 'whether that is forecast, or the mean of 28 days where nothing is',
  }),
  days_of_supply: numberOrNull('null without demand'),
  value_share: numberOrNull('of the dealer’s net order value in 90 days, 0-1'),
});

/** A product that the dealer lacks. */
const GapRow = Type.Object({
  has_sku: Type.String(),
  has_name: Type.String(),
  gap_sku: Type.String(),
  gap_name: Type.String(),
  lift: Type.Number({ description: 'above 1' }),
  confidence: Type.Number({ description: 'share of those who buy has_sku that also buy gap_sku, 0-1' }),
});

/** All that is known of one dealer. */
export const DealerProfile = Type.Object({
  dealer_id: Type.String(),
  name: Type.String(),
  tier: Type.Integer(),
  parent_dealer_id: Type.String({ description: 'empty = buys from HQ' }),
  territory_id: Type.String(),
  adcode: Type.String({ description: 'empty = not known' }),
  lat: numberOrNull('degrees'),
  lon: numberOrNull('degrees'),
  status: Type.String(),
  wave: Type.String(),
  valid_from: Instant('of the version that holds now'),
  licence_expires: Type.Union([Type.String(), Type.Null()]),
  licence_days_left: numberOrNull('negative = expired'),
  licence_state: Type.String({ description: 'expired, within 30 days, within 90 days, valid or unknown' }),
  contracted_at: instantOrNull('first contract'),
  first_login_at: instantOrNull('first login from then on'),
  first_order_at: instantOrNull('first order from then on'),
  first_scan_at: instantOrNull('first scan from then on'),
  onboarding_step: Type.String({ description: 'contract, login, order or scan; empty = none' }),
  last_day: Type.Union([Type.String({ description: 'last local day with data of it' }), Type.Null()]),
  silent_days: numberOrNull('since then'),
  usual_gap_days: numberOrNull('median between such days'),
  is_silent: Type.Boolean({ description: 'its feed may be broken' }),
  score: numberOrNull('0-100'),
  known_weight: numberOrNull('0-1'),
  score_reason: Type.Optional(Type.String({ description: 'why there is no score, or what it leaves out' })),
  parts: Type.Array(ScorePart, { description: 'the heaviest first; empty for who is not active' }),
  supply: Type.Array(SupplyRow, { description: 'what runs out first, first' }),
  gaps: Type.Array(GapRow, { description: 'the strongest first' }),
});
export type DealerProfile = Static<typeof DealerProfile>;
