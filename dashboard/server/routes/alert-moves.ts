import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Alert, inOrder } from '../../../models/contract/alert.ts';
import { Id } from '../../../models/contract/fields.ts';
import { principalOf, requireRight } from '../auth/access.ts';
import { SERVER_SOURCE, changeIdOf, type CaseEvents } from '../cases/case-events.ts';
import type { CurrentCases } from '../cases/current-cases.ts';
import { assertStandsAlone } from '../cases/grouping.ts';
import { AssignmentBody, TransitionBody, assignCase, moveCase } from '../cases/transition.ts';
import type { Turns } from '../cases/turns.ts';
import type { Api } from '../http/api.ts';
import { assertMatch, sendAccepted } from '../http/etag.ts';

const AlertId = Type.Object({ id: Id('alert_id') });

/** Why a case is not the one of an `If-Match`. */
export const CASE_CHANGED = 'the case has changed since';

/** What the routes that change cases work with. */
export interface CaseChanges {
  readonly cases: Pick<CurrentCases, 'known' | 'find' | 'changedTo'>;
  readonly turns: Turns;
  readonly events: CaseEvents;
  readonly now: () => number;
}

/** A move of one case. */
interface Move {
  readonly alert_id: string;
  /** The case after it, which was moved at `at`. */
  readonly make: (alert: Alert, at: string) => Alert;
  /** undefined = it stays with whom it is; "" = nobody */
  readonly assignee: string | undefined;
}

/** Moving a case to another state, and giving it to somebody. */
export function addAlertMoveRoutes(api: Api, { cases, turns, events, now }: CaseChanges): void {
  const move = (request: FastifyRequest, { alert_id, make, assignee }: Move): Promise<Alert> =>
    turns.take([alert_id], async () => {
      const before = await cases.find(alert_id);
      assertMatch(request.headers['if-match'], before, CASE_CHANGED);
      assertStandsAlone(before);
      const after = make(before, new Date(now()).toISOString());
      const said = {
        alert_id,
        from_state: before.state,
        to_state: after.state,
        actor: principalOf(request).name,
        ...(assignee !== undefined && { assignee }),
        ...(after.reason !== undefined && { reason: after.reason }),
      };
      const event_id = changeIdOf(before, said);
      await events.move({ event_id, source: SERVER_SOURCE, event_time: after.updated_at, ...said });
      cases.changedTo(after);
      return after;
    });

  api.post(
    '/v1/alerts/:id/transitions',
    {
      onRequest: requireRight('investigate'),
      schema: {
        tags: ['alerts'],
        summary: 'Move a case to another state',
        description:
          '202 with the case as it will be, once the move is stored; the figures follow within seconds. ' +
          '409 when the case cannot move there or is part of another, 412 when it is not the one of If-Match.',
        params: AlertId,
        body: TransitionBody,
        conditional: 'optional',
        response: { 202: Alert },
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      const moved = await move(request, {
        alert_id: params.id,
        make: (alert, at) => moveCase(alert, body, at),
        assignee: body.assignee,
      });
      return sendAccepted(reply, inOrder(moved));
    },
  );

  api.post(
    '/v1/alerts/:id/assignment',
    {
      onRequest: requireRight('investigate'),
      schema: {
        tags: ['alerts'],
        summary: 'Give a case to somebody, or to nobody',
        description:
          '202 with the case as it will be, once that is stored; its state stays. 409 and 412 as for a move.',
        params: AlertId,
        body: AssignmentBody,
        conditional: 'optional',
        response: { 202: Alert },
      },
    },
    async (request, reply) => {
      const { assignee } = request.body;
      const assigned = await move(request, {
        alert_id: request.params.id,
        make: (alert, at) => assignCase(alert, assignee, at),
        assignee: assignee ?? '',
      });
      return sendAccepted(reply, inOrder(assigned));
    },
  );
}
