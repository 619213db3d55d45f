import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { ALERT_KINDS, Alert, CASE_STATES } from '../../../models/contract/alert.ts';
import type { CaseTransitionEvent } from '../../../models/contract/events/case-transition.ts';
import { Id, Instant, Int, Word } from '../../../models/contract/fields.ts';
import { requireRight } from '../auth/access.ts';
import type { CasePosition, CaseStore } from '../cases/case-store.ts';
import { evidenceFiles, type RulesInForce } from '../evidence/evidence-files.ts';
import type { EvidenceStore } from '../evidence/evidence-store.ts';
import { packOf } from '../evidence/pack.ts';
import { PendingMoves } from '../cases/pending-moves.ts';
import { SERVER_SOURCE, TransitionBody, moveCase } from '../cases/transition.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { etagOf, listed, sendTagged } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';

const LIMIT_MAX = 200;

const AlertList = Type.Object({
  items: Type.Array(Alert),
  next_cursor: Type.Optional(Type.String({ description: 'for the next page; absent on the last' })),
});
const AlertFilter = Type.Object(
  {
    state: Type.Optional(Word(CASE_STATES, 'only cases in this state')),
    kind: Type.Optional(Word(ALERT_KINDS, 'only cases with this signal')),
    from: Type.Optional(Instant('raised at or after')),
    to: Type.Optional(Instant('raised before')),
    limit: Type.Optional(Int('cases per page, 50 if unset', 1, LIMIT_MAX)),
    cursor: Type.Optional(Type.String({ maxLength: 400, description: 'next_cursor of the page before' })),
  },
  { additionalProperties: false },
);
const AlertId = Type.Object({ id: Id('alert_id') });
const CursorPosition = Type.Object({ raised_at: Instant('of the last case'), alert_id: Id('the last case') });

export interface AlertRoutes {
  readonly cases: CaseStore;
  /** Resolves when Kafka has acknowledged the event; throws a ProblemError. */
  readonly publish: (event: CaseTransitionEvent) => Promise<void>;
  readonly evidence: Pick<EvidenceStore, 'of'>;
  /** Told in each pack. */
  readonly rules: RulesInForce;
  readonly now: () => number;
}

/** Cases: list, one, its evidence, and moving one to another state. */
export function addAlertRoutes(api: Api, { cases, publish, evidence, rules, now }: AlertRoutes): void {
  const pending = new PendingMoves(now);
  const find = async (alert_id: string): Promise<Alert> => {
    const stored = await cases.find(alert_id);
    if (!stored) throw new ProblemError(404, { detail: 'there is no such case' });
    return pending.over(stored);
  };

  api.get(
    '/v1/alerts',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'Cases, the last raised first',
        querystring: AlertFilter,
        response: { 200: AlertList },
      },
    },
    async (request, reply) => {
      const { cursor, limit = 50, ...filter } = request.query;
      const after = cursor === undefined ? undefined : decodeCursor(CursorPosition, cursor);
      const found = await cases.list({ ...filter, limit: limit + 1, ...(after && { after }) });
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      return sendTagged(request, reply, {
        items: page.map((alert) => pending.over(alert)),
        ...(last && { next_cursor: encodeCursor(positionOf(last)) }),
      });
    },
  );

  api.get(
    '/v1/alerts/:id',
    {
      onRequest: requireRight('read'),
      schema: { tags: ['alerts'], summary: 'One case', params: AlertId, response: { 200: Alert } },
    },
    async (request, reply) => sendTagged(request, reply, await find(request.params.id)),
  );

  api.get(
    '/v1/alerts/:id/evidence',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'The evidence of a case as a ZIP',
        description:
          'Its scans as CSV and as EPCIS 2.0, signals, territories and prices as of the shipment, moves, rules, and a manifest ' +
          'of SHA-256, whose own SHA-256 is the header evidence-digest. The same state gives the same bytes. Checked offline ' +
          'by `npm run evidence -- verify`.',
        params: AlertId,
      },
    },
    async (request, reply) => {
      const stored = await cases.find(request.params.id);
      if (!stored) throw new ProblemError(404, { detail: 'there is no such case' });
      const pack = packOf(evidenceFiles(await evidence.of(stored), rules));
      const etag = `"${pack.digest}"`;
      void reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'authorization, cookie' });
      if (listed(request.headers['if-none-match'], etag)) return reply.code(304).send();
      void reply.headers({
        'content-type': 'application/zip',
        'content-disposition': `attachment; filename="${stored.alert_id}-evidence.zip"`,
        'evidence-digest': pack.digest,
      });
      return reply.send(Buffer.from(pack.bytes));
    },
  );

  api.post(
    '/v1/alerts/:id/transitions',
    {
      onRequest: requireRight('investigate'),
      schema: {
        tags: ['alerts'],
        summary: 'Move a case to another state',
        description:
          '202 with the case as it will be, once the move is stored; the figures follow within seconds. ' +
          '409 when the case cannot move there, 412 when it is not the one of If-Match.',
        params: AlertId,
        body: TransitionBody,
        response: { 202: Alert },
      },
    },
    async (request, reply) => {
      const alert = await find(request.params.id);
      const ifMatch = request.headers['if-match'];
      if (ifMatch !== undefined && !listed(ifMatch, etagOf(JSON.stringify(alert)))) {
        throw new ProblemError(412, { detail: 'the case has changed since' });
      }
      const event_time = new Date(now()).toISOString();
      const moved = moveCase(alert, request.body, event_time);
      await publish({
        event_id: randomUUID(),
        source: SERVER_SOURCE,
        event_time,
        alert_id: alert.alert_id,
        from_state: alert.state,
        to_state: moved.state,
        actor: typeof request.identity === 'string' ? '' : request.identity.name,
        ...(request.body.assignee !== undefined && { assignee: request.body.assignee }),
        ...(moved.reason !== undefined && { reason: moved.reason }),
      });
      pending.add(moved);
      return reply.code(202).header('cache-control', 'no-store').send(moved);
    },
  );
}

function positionOf({ raised_at, alert_id }: Alert): CasePosition {
  return { raised_at, alert_id };
}
