import { Type, type Static } from 'typebox';
import { CASE_MEMBERS_MAX, GROUPING_ACTIONS } from '../alert.ts';
import { defineEventType } from '../event-type.ts';
import { Id, Opt, Text, Word, envelope } from '../fields.ts';

/**
 * A person said that cases are one (`merge`: the members are part of the lead from then on) or are not after all (`split`: the
 * members stand alone again). Of each member the last word holds, by `event_time` and then `event_id`, in whatever order the events
 * arrive. Written by the server after it checked the cases; never posted from outside.
 */
export const caseGrouping = defineEventType({
  type: 'case_grouping',
  kind: 'internal',
  topic: 'dms.case_groupings.v1',
  raw_table: 'raw_case_groupings',
  core_view: 'core_case_groupings',
  key_fields: ['lead_alert_id'],
  schema: Type.Object(
    {
      ...envelope,
      lead_alert_id: Id('the case that the members are part of, or were'),
      action: Word(GROUPING_ACTIONS, 'what became of them'),
      member_ids: Type.Array(Id('a case'), {
        minItems: 1,
        maxItems: CASE_MEMBERS_MAX,
        description: 'the cases that are merged into the lead, or split off from it',
      }),
      actor: Id('who said so', 128),
      reason: Opt(Text('why')),
    },
    { additionalProperties: false },
  ),
});
export type CaseGroupingEvent = Static<typeof caseGrouping.schema>;
