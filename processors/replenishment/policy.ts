import { fileURLToPath } from 'node:url';
import { Type, type Static } from 'typebox';
import { readJsonFile } from '../settings/json-file.ts';

const Days = Type.Number({ minimum: 0, maximum: 365 });
const Money = Type.Number({ minimum: 0 });

/** `processors/settings/replenishment.json`, which people edit. Money in the products' own currency. */
const Policy = Type.Object(
  {
    /** Cycle service level: the chance that no unit is missing until the next order has arrived. */
    service_level: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    review_days: Days,
    lead_time_days_if_unknown: Days,
    pack_qty_if_unknown: Type.Number({ exclusiveMinimum: 0 }),
    error_correlation: Type.Number({ minimum: 0, maximum: 1 }),
    transfer_horizon_days: Days,
    transfer_cost_fixed: Money,
    transfer_cost_per_unit_per_100_km: Money,
    transfer_gain_min: Money,
    transfer_cooldown_days: Days,
    /** From a decision until the goods are counted where they went: so long they are promised by the one and on their way to the other. */
    transfer_days: Days,
    /** From the decision on a suggested order until the dealer's system has placed it: so long it is on order, as far as no line tells of it. */
    order_days: Days,
    /** Pairs [from_dealer_id, to_dealer_id]. */
    forbidden_lanes: Type.Array(Type.Tuple([Type.String(), Type.String()])),
  },
  { additionalProperties: false },
);
export type ReplenishmentPolicy = Static<typeof Policy>;

const FILE = fileURLToPath(new URL('../settings/replenishment.json', import.meta.url));

/** @throws Error that names the file and the field */
export function readPolicy(file = FILE): ReplenishmentPolicy {
  return readJsonFile(file, Policy);
}
