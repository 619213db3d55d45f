import { Type, type Static } from 'typebox';
import { CASE_STATES } from '../alert.ts';
import { defineEventType } from '../event-type.ts';
import { Id, IdOrEmpty, Opt, Text, Word, envelope } from '../fields.ts';

/** A person moved a case to another state, or gave it to somebody (the states are the same then). Written by the server after it checked the move; never posted from outside. */
export const caseTransition = defineEventType({
  type: 'case_transition',
  kind: 'internal',
  topic: 'dms.case_transitions.v1',
  raw_table: 'raw_case_transitions',
  core_view: 'core_case_transitions',
  key_fields: ['alert_id'],
  schema: Type.Object(
    {
      ...envelope,
      alert_id: Id('the case'),
      from_state: Word(CASE_STATES, 'state before'),
      to_state: Word(CASE_STATES, 'state after'),
      actor: Id('who moved it', 128),
      assignee: Opt(IdOrEmpty('who works on it from now on', 128)),
      reason: Opt(Text('why; needed for dismissed')),
    },
    { additionalProperties: false },
  ),
});
export type CaseTransitionEvent = Static<typeof caseTransition.schema>;
