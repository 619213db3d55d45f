import { Type, type Static } from 'typebox';
import { CASE_MEMBERS_MAX, type Alert, type CaseState } from '../../../models/contract/alert.ts';
import { Id, Text } from '../../../models/contract/fields.ts';
import { ProblemError } from '../http/problem.ts';

const Ids = (description: string) =>
  Type.Array(Id('alert_id of a case'), {
    minItems: 1,
    maxItems: CASE_MEMBERS_MAX,
    uniqueItems: true,
    description,
  });

export const MergeBody = Type.Object(
  {
    with: Ids('the cases that are the same matter; each brings what was merged into it before'),
    reason: Type.Optional(Text('why')),
  },
  { additionalProperties: false },
);
export type MergeBody = Static<typeof MergeBody>;

export const SplitBody = Type.Object(
  {
    members: Ids('those of its member_ids that are cases of their own after all'),
    reason: Type.Optional(Text('why')),
  },
  { additionalProperties: false },
);
export type SplitBody = Static<typeof SplitBody>;

/** What becomes of the cases. */
export interface Grouped {
  readonly lead: Alert;
  /** Those that are merged or split off, with those that they bring. */
  readonly members: readonly string[];
  /** Of these the ones that were asked for, as they will be. */
  readonly others: readonly Alert[];
}

/** A case with a verdict is not merged away: what people said of it would be lost. */
const MERGED_STATES: readonly CaseState[] = ['open', 'acknowledged', 'investigating'];
const LEADING_STATES: readonly CaseState[] = [...MERGED_STATES, 'confirmed'];

/**
 * Merges cases into `lead`.
 * @param others in the order of the body's `with`; undefined = there is no such case
 * @throws ProblemError 409 when a case is part of another or has a verdict, 422 with the place in the body when one is not there,
 * is the lead itself, or is valued in another currency
 */
export function mergeCases(lead: Alert, others: readonly (Alert | undefined)[], now: string): Grouped {
  assertStandsAlone(lead);
  if (!LEADING_STATES.includes(lead.state))
    throw new ProblemError(409, { detail: `a case that is ${lead.state} takes up no others` });
  const found = others.map((other, index) => mergeable(lead, other, `/with/${index}`));
  const members = found.flatMap((other) => [other.alert_id, ...(other.member_ids ?? [])]);
  const member_ids = [...new Set([...(lead.member_ids ?? []), ...members])].sort();
  if (member_ids.length > CASE_MEMBERS_MAX)
    throw bodyProblem(
      '/with',
      `${member_ids.length} cases would be part of it; at most ${CASE_MEMBERS_MAX} can`,
    );
  return {
    lead: { ...lead, member_ids, updated_at: now },
    members,
    others: found.map((other) => {
      const merged: Alert = { ...other, merged_into: lead.alert_id, updated_at: now };
      delete merged.member_ids;
      return merged;
    }),
  };
}

/**
 * Splits members off from `lead`.
 * @param others in the order of the body's `members`; undefined = nothing speaks of that case any more
 * @throws ProblemError 409 when `lead` is itself part of another, 422 with the place in the body for what is not part of it
 */
export function splitCase(
  lead: Alert,
  { members }: SplitBody,
  others: readonly (Alert | undefined)[],
  now: string,
): Grouped {
  assertStandsAlone(lead);
  const parts = lead.member_ids ?? [];
  const stranger = members.findIndex((alert_id) => !parts.includes(alert_id));
  if (stranger !== -1) throw bodyProblem(`/members/${stranger}`, 'is not part of this case');
  const rest: Alert = { ...lead, updated_at: now };
  delete rest.member_ids;
  const member_ids = parts.filter((alert_id) => !members.includes(alert_id));
  return {
    lead: member_ids.length === 0 ? rest : { ...rest, member_ids },
    members,
    others: others.flatMap((other) => {
      if (other === undefined) return [];
      const alone: Alert = { ...other, updated_at: now };
      delete alone.merged_into;
      return [alone];
    }),
  };
}

/** @throws ProblemError 409 for a case that is part of another: that one is moved in its place */
export function assertStandsAlone({ merged_into }: Alert): void {
  if (merged_into === undefined) return;
  throw new ProblemError(409, {
    detail: `the case is part of ${merged_into}: that one is moved in its place`,
  });
}

function mergeable(lead: Alert, other: Alert | undefined, pointer: string): Alert {
  if (other === undefined) throw bodyProblem(pointer, 'there is no such case');
  if (other.alert_id === lead.alert_id) throw bodyProblem(pointer, 'is the case itself');
  if (other.currency !== lead.currency)
    throw bodyProblem(pointer, `is valued in ${other.currency}, not in ${lead.currency}`);
  const conflict = (detail: string): ProblemError =>
    new ProblemError(409, { detail: 'the cases cannot be merged', errors: [{ pointer, detail }] });
  if (other.merged_into !== undefined) throw conflict(`is part of ${other.merged_into}`);
  if (!MERGED_STATES.includes(other.state))
    throw conflict(`is ${other.state}; only a case without a verdict can be merged into another`);
  return other;
}

function bodyProblem(pointer: string, detail: string): ProblemError {
  return new ProblemError(422, { detail: 'the body is not as documented', errors: [{ pointer, detail }] });
}
