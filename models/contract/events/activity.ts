import { Type, type Static } from 'typebox';
import { defineEventType } from '../event-type.ts';
import { Id, Opt, Word, dealerId, envelope } from '../fields.ts';

/** What a dealer's people do besides ordering and scanning. */
export const ACTIVITY_KINDS = [
  'login',
  'training_completed',
  'return_requested',
  'return_closed',
  'lead_created',
  'lead_won',
  'ticket',
] as const;

/** One act of a dealer's people. */
export const activity = defineEventType({
  type: 'activity',
  kind: 'event',
  topic: 'dms.activity.v1',
  raw_table: 'raw_activity',
  core_view: 'core_activity',
  key_fields: ['dealer_id'],
  schema: Type.Object(
    {
      ...envelope,
      dealer_id: dealerId(),
      kind: Word(ACTIVITY_KINDS, 'what was done'),
      user_ref: Opt(Id('who did it, as the source names them', 128)),
      subject_id: Opt(Id('what it was done to: the course, the return, the lead, the ticket', 128)),
    },
    { additionalProperties: false },
  ),
});
export type ActivityEvent = Static<typeof activity.schema>;
