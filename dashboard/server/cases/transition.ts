import { Type, type Static } from 'typebox';
import { CASE_MOVES, CASE_STATES, type Alert } from '../../../models/contract/alert.ts';
import { Id, Text, Word } from '../../../models/contract/fields.ts';
import { ProblemError } from '../http/problem.ts';

export const TransitionBody = Type.Object(
  {
    to_state: Word(CASE_STATES, 'the state to move to'),
    reason: Type.Optional(Text('why; needed for dismissed')),
    assignee: Type.Optional(Id('who works on it from now on', 128)),
  },
  { additionalProperties: false },
);
export type TransitionBody = Static<typeof TransitionBody>;

export const AssignmentBody = Type.Object(
  {
    assignee: Type.Union([Id('who works on it from now on', 128), Type.Null()], {
      description: 'null: nobody',
    }),
  },
  { additionalProperties: false },
);
export type AssignmentBody = Static<typeof AssignmentBody>;

/** The case after it was given to somebody; null = nobody has it. */
export function assignCase(alert: Alert, assignee: string | null, now: string): Alert {
  const assigned: Alert = { ...alert, updated_at: now };
  delete assigned.assignee;
  if (assignee !== null) assigned.assignee = assignee;
  return assigned;
}

/** The case after a move; what a move does not say stays, but a reason belongs to its move. */
export function moveCase(alert: Alert, move: TransitionBody, now: string): Alert {
  const allowed = CASE_MOVES[alert.state];
  if (!allowed.includes(move.to_state)) {
    const detail = `a case that is ${alert.state} can become ${allowed.join(', ')}; not ${move.to_state}`;
    throw new ProblemError(409, { detail });
  }
  const reason = move.reason?.trim();
  if (move.to_state === 'dismissed' && (reason === undefined || reason === '')) {
    throw new ProblemError(422, {
      detail: 'the body is not as documented',
      errors: [{ pointer: '/reason', detail: 'is needed to dismiss a case' }],
    });
  }
  const moved: Alert = { ...alert, state: move.to_state, updated_at: now };
  delete moved.reason;
  if (reason !== undefined && reason !== '') moved.reason = reason;
  if (move.assignee !== undefined) moved.assignee = move.assignee;
  return moved;
}
