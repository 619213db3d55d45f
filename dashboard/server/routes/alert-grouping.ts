import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Alert, inOrder, type GroupingAction } from '../../../models/contract/alert.ts';
import { Id } from '../../../models/contract/fields.ts';
import { principalOf, requireRight } from '../auth/access.ts';
import { SERVER_SOURCE, changeIdOf } from '../cases/case-events.ts';
import { MergeBody, SplitBody, mergeCases, splitCase, type Grouped } from '../cases/grouping.ts';
import type { Api } from '../http/api.ts';
import { assertConditional, assertMatch, sendAccepted } from '../http/etag.ts';
import { CASE_CHANGED, type CaseChanges } from './alert-moves.ts';

const AlertId = Type.Object({ id: Id('alert_id of the lead') });

/** What is to be done with some cases and their lead. */
interface Grouping {
  readonly lead_id: string;
  readonly other_ids: readonly string[];
  readonly action: GroupingAction;
  readonly reason: string | undefined;
  /** The cases after it, which was done at `at`; `others` as `other_ids`, undefined where there is none. */
  readonly make: (lead: Alert, others: readonly (Alert | undefined)[], at: string) => Grouped;
}

/** Merging cases into one, and splitting them off again. */
export function addAlertGroupingRoutes(api: Api, { cases, turns, events, now }: CaseChanges): void {
  const known = (alert_id: string): Promise<Alert | undefined> => cases.known(alert_id);

  /** What was part of a merged case before is part of its lead now. */
  const bringAlong = async ({ lead, members, others }: Grouped): Promise<void> => {
    const named = new Set(others.map(({ alert_id }) => alert_id));
    const brought = await Promise.all(members.filter((id) => !named.has(id)).map(known));
    for (const alert of brought) {
      if (alert !== undefined)
        cases.changedTo({ ...alert, merged_into: lead.alert_id, updated_at: lead.updated_at });
    }
  };

  const group = (
    request: FastifyRequest,
    { lead_id, other_ids, action, reason = '', make }: Grouping,
  ): Promise<Alert> =>
    turns.take([lead_id, ...other_ids], async () => {
      const seen = await cases.find(lead_id);
      assertSeen(seen, request.headers['if-match']);
      const grouped = make(seen, await Promise.all(other_ids.map(known)), new Date(now()).toISOString());
      const { lead, members, others } = grouped;
      const why = reason.trim();
      const said = {
        lead_alert_id: lead.alert_id,
        action,
        member_ids: [...members],
        actor: principalOf(request).name,
        ...(why !== '' && { reason: why }),
      };
      const event_id = changeIdOf(seen, said);
      await events.group({ event_id, source: SERVER_SOURCE, event_time: lead.updated_at, ...said });
      for (const alert of [lead, ...others]) cases.changedTo(alert);
      if (action === 'merge') await bringAlong(grouped);
      return lead;
    });

  api.post(
    '/v1/alerts/:id/merge',
    {
      onRequest: requireRight('investigate'),
      schema: {
        tags: ['alerts'],
        summary: 'Merge other cases into this one',
        description:
          'From then on this case covers their goods, its evidence tells their scans, and it alone is listed, counted, moved and ' +
          'told to webhooks; each of the others points to it by merged_into. 202 with the case as it will be, once that is ' +
          'stored; its figures follow within seconds. If-Match must name the entity tag of this case: 428 without, 412 when it ' +
          'has changed. 409 when one of them is part of another case or has a verdict, 422 when one is not there.',
        params: AlertId,
        body: MergeBody,
        conditional: 'needed',
        response: { 202: Alert },
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      const merged = await group(request, {
        lead_id: params.id,
        other_ids: body.with,
        action: 'merge',
        reason: body.reason,
        make: mergeCases,
      });
      return sendAccepted(reply, inOrder(merged));
    },
  );

  api.post(
    '/v1/alerts/:id/split',
    {
      onRequest: requireRight('investigate'),
      schema: {
        tags: ['alerts'],
        summary: 'Split cases off that were merged into this one',
        description:
          'Each stands alone again, in the state in which it was merged. 202, 412 and 428 as for a merge; 422 when one is not ' +
          'part of this case.',
        params: AlertId,
        body: SplitBody,
        conditional: 'needed',
        response: { 202: Alert },
      },
    },
    async (request, reply) => {
      const { body, params } = request;
      const split = await group(request, {
        lead_id: params.id,
        other_ids: body.members,
        action: 'split',
        reason: body.reason,
        make: (lead, others, at) => splitCase(lead, body, others, at),
      });
      return sendAccepted(reply, inOrder(split));
    },
  );
}

/** What several people may do to several cases at once is done only to the case that was seen. */
function assertSeen(alert: Alert, ifMatch: string | undefined): void {
  assertConditional(ifMatch, 'the case');
  assertMatch(ifMatch, alert, CASE_CHANGED);
}
