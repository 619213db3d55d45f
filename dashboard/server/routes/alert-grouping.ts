import { Type } from 'typebox';
import { Alert, type GroupingAction } from '../../../models/contract/alert.ts';
import { Id } from '../../../models/contract/fields.ts';
import { requireRight, type Identity } from '../auth/access.ts';
import { SERVER_SOURCE, changeIdOf, type CaseEvents } from '../cases/case-events.ts';
import { MergeBody, SplitBody, mergeCases, splitCase, type Grouped } from '../cases/grouping.ts';
import type { PendingMoves } from '../cases/pending-moves.ts';
import type { Turns } from '../cases/turns.ts';
import type { Api } from '../http/api.ts';
import { assertConditional, assertMatch } from '../http/etag.ts';

const AlertId = Type.Object({ id: Id('alert_id of the lead') });

/** Why a case is not the one of an `If-Match`. */
export const CASE_CHANGED = 'the case has changed since';

export interface AlertGroupingRoutes {
  /** A case as it is, with what is pending; throws a ProblemError 404. */
  readonly find: (alert_id: string) => Promise<Alert>;
  /** The same, undefined where there is none. */
  readonly known: (alert_id: string) => Promise<Alert | undefined>;
  readonly pending: PendingMoves;
  readonly turns: Turns;
  readonly events: Pick<CaseEvents, 'group'>;
  readonly now: () => number;
}

/** Merging cases into one, and splitting them off again. */
export function addAlertGroupingRoutes(
  api: Api,
  { find, known, pending, turns, events, now }: AlertGroupingRoutes,
): void {
  /** What was part of a merged case before is part of its lead now. */
  const bringAlong = async ({ lead, members, others }: Grouped): Promise<void> => {
    const named = new Set(others.map(({ alert_id }) => alert_id));
    const brought = await Promise.all(members.filter((id) => !named.has(id)).map(known));
    for (const alert of brought) {
      if (alert !== undefined)
        pending.add({ ...alert, merged_into: lead.alert_id, updated_at: lead.updated_at });
    }
  };
  const store = async (
    seen: Alert,
    grouped: Grouped,
    action: GroupingAction,
    reason: string | undefined,
    identity: Identity,
  ): Promise<Alert> => {
    const { lead, members, others } = grouped;
    const why = reason?.trim() ?? '';
    const said = {
      lead_alert_id: lead.alert_id,
      action,
      member_ids: [...members],
      actor: typeof identity === 'string' ? '' : identity.name,
      ...(why !== '' && { reason: why }),
    };
    const event_id = changeIdOf(seen, said);
    await events.group({ event_id, source: SERVER_SOURCE, event_time: lead.updated_at, ...said });
    for (const alert of [lead, ...others]) pending.add(alert);
    if (action === 'merge') await bringAlong(grouped);
    return lead;
  };

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
      const { id } = request.params;
      const after = await turns.take([id, ...request.body.with], async () => {
        const lead = await find(id);
        assertSeen(lead, request.headers['if-match']);
        const others = await Promise.all(request.body.with.map(known));
        const grouped = mergeCases(lead, others, new Date(now()).toISOString());
        return store(lead, grouped, 'merge', request.body.reason, request.identity);
      });
      return reply.code(202).header('cache-control', 'no-store').send(after);
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
      const { id } = request.params;
      const after = await turns.take([id, ...request.body.members], async () => {
        const lead = await find(id);
        assertSeen(lead, request.headers['if-match']);
        const others = await Promise.all(request.body.members.map(known));
        const grouped = splitCase(lead, request.body, others, new Date(now()).toISOString());
        return store(lead, grouped, 'split', request.body.reason, request.identity);
      });
      return reply.code(202).header('cache-control', 'no-store').send(after);
    },
  );
}

/** What several people may do to several cases at once is done only to the case that was seen. */
function assertSeen(alert: Alert, ifMatch: string | undefined): void {
  assertConditional(ifMatch, 'the case');
  assertMatch(ifMatch, alert, CASE_CHANGED);
}
