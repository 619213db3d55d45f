import { Type } from 'typebox';
import { Alert } from '../../../models/contract/alert.ts';
import { CaseScan } from '../../../models/contract/case-scan.ts';
import { Id, Instant, Int } from '../../../models/contract/fields.ts';
import { requireRight, type Identity } from '../auth/access.ts';
import type { CaseResponses } from '../cases/case-responses.ts';
import type { CaseScans } from '../cases/case-scans.ts';
import { SERVER_SOURCE, changeIdOf, type CaseEvents } from '../cases/case-events.ts';
import type { CaseStore } from '../cases/case-store.ts';
import { assertStandsAlone } from '../cases/grouping.ts';
import { evidenceFiles, type RulesInForce } from '../evidence/evidence-files.ts';
import type { EvidenceStore } from '../evidence/evidence-store.ts';
import { packOf } from '../evidence/pack.ts';
import { PendingMoves } from '../cases/pending-moves.ts';
import { AssignmentBody, TransitionBody, assignCase, moveCase } from '../cases/transition.ts';
import { Turns } from '../cases/turns.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { assertMatch, listed, sendTagged } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';
import { CASE_CHANGED, addAlertGroupingRoutes } from './alert-grouping.ts';
import { addAlertListRoutes } from './alert-list.ts';
import { addAlertResponseRoute } from './alert-response.ts';

const AlertId = Type.Object({ id: Id('alert_id') });

const SCANS_LIMIT_MAX = 500;
const ScanList = Type.Object({
  items: Type.Array(CaseScan),
  next_cursor: Type.Optional(Type.String({ description: 'for the next page; absent on the last' })),
});
const ScanPage = Type.Object(
  {
    limit: Type.Optional(Int('scans per page, 200 if unset', 1, SCANS_LIMIT_MAX)),
    cursor: Type.Optional(Type.String({ maxLength: 1_000, description: 'next_cursor of the page before' })),
  },
  { additionalProperties: false },
);
const ScanCursor = Type.Object({
  event_time: Instant('of the last scan'),
  code: Id('its code', 256),
  source: Id('its feed'),
  event_id: Id('its id'),
});

export interface AlertRoutes {
  readonly cases: CaseStore;
  readonly scans: Pick<CaseScans, 'list'>;
  readonly responses: Pick<CaseResponses, 'list'>;
  readonly events: CaseEvents;
  readonly evidence: Pick<EvidenceStore, 'of'>;
  /** Told in each pack. */
  readonly rules: RulesInForce;
  /** As `PendingMoves` asks it. */
  readonly areTakenIn: () => Promise<boolean>;
  readonly now: () => number;
}

/**
 * Cases: list, one, its scans and evidence, moving one to another state, giving one to somebody, merging some and splitting them
 * again; how fast they are detected and resolved.
 */
export function addAlertRoutes(
  api: Api,
  { cases, scans, responses, events, evidence, rules, areTakenIn, now }: AlertRoutes,
): void {
  const onUnknown = (err: unknown): void => {
    api.log.warn({ err }, 'whether moves of cases are taken in cannot be said now');
  };
  const pending = new PendingMoves({ now, areTakenIn, onUnknown });
  const turns = new Turns();
  const known = async (alert_id: string): Promise<Alert | undefined> => {
    const stored = await cases.find(alert_id);
    return stored && pending.over(stored);
  };
  const find = async (alert_id: string): Promise<Alert> => {
    const alert = await known(alert_id);
    if (alert) return alert;
    throw await missing(alert_id);
  };
  /** Who has seen a case that is there no more is told why. */
  const missing = async (alert_id: string): Promise<ProblemError> =>
    (await cases.wasWithdrawn(alert_id))
      ? new ProblemError(410, {
          detail:
            'the case was withdrawn: later data explain what it rested on, or what was said of others of its kind leaves too little of it',
        })
      : new ProblemError(404, { detail: 'there is no such case' });
  addAlertListRoutes(api, { cases, pending });
  addAlertResponseRoute(api, responses);
  addAlertGroupingRoutes(api, { find, known, pending, turns, events, now });

  /** @param assignee undefined = it stays with whom it is; "" = nobody */
  const store = async (
    before: Alert,
    after: Alert,
    assignee: string | undefined,
    identity: Identity,
  ): Promise<void> => {
    const said = {
      alert_id: before.alert_id,
      from_state: before.state,
      to_state: after.state,
      actor: typeof identity === 'string' ? '' : identity.name,
      ...(assignee !== undefined && { assignee }),
      ...(after.reason !== undefined && { reason: after.reason }),
    };
    const event_id = changeIdOf(before, said);
    await events.move({ event_id, source: SERVER_SOURCE, event_time: after.updated_at, ...said });
    pending.add(after);
  };

  api.get(
    '/v1/alerts/:id',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'One case',
        description:
          '410 when it was withdrawn, since later data explain what it rested on, or what was said of others of its kind leaves too little of it.',
        params: AlertId,
        response: { 200: Alert },
      },
    },
    async (request, reply) => sendTagged(request, reply, await find(request.params.id)),
  );

  api.get(
    '/v1/alerts/:id/scans',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'The way that a case’s goods went, scan by scan',
        description:
          'Of the codes that the case lists and of the cases and pallets that they were in, in order of time.',
        params: AlertId,
        querystring: ScanPage,
        response: { 200: ScanList },
      },
    },
    async (request, reply) => {
      const { cursor, limit = 200 } = request.query;
      const after = cursor === undefined ? undefined : decodeCursor(ScanCursor, cursor);
      const found = await scans.list(await find(request.params.id), limit + 1, after);
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      const { event_time = '', code = '', source = '', event_id = '' } = last ?? {};
      return sendTagged(request, reply, {
        items: page,
        ...(last && { next_cursor: encodeCursor({ event_time, code, source, event_id }) }),
      });
    },
  );

  api.get(
    '/v1/alerts/:id/evidence',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'The evidence of a case as a ZIP',
        description:
          'Its scans as CSV and as EPCIS 2.0, those taken back, signals, dealers, products and prices as of then, territories as of the ' +
          'shipment with the outlines that positions were judged by, moves, rules, and a manifest ' +
          'of SHA-256, whose own SHA-256 is the header evidence-digest. The same state gives the same bytes. Checked offline ' +
          'by `npm run evidence -- verify`.',
        params: AlertId,
        produces: ['application/zip'],
      },
    },
    async (request, reply) => {
      const stored = await cases.find(request.params.id);
      if (!stored) throw await missing(request.params.id);
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
          '409 when the case cannot move there or is part of another, 412 when it is not the one of If-Match.',
        params: AlertId,
        body: TransitionBody,
        conditional: 'optional',
        response: { 202: Alert },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const moved = await turns.take([id], async () => {
        const alert = await find(id);
        assertMatch(request.headers['if-match'], alert, CASE_CHANGED);
        assertStandsAlone(alert);
        const moved = moveCase(alert, request.body, new Date(now()).toISOString());
        await store(alert, moved, request.body.assignee, request.identity);
        return moved;
      });
      return reply.code(202).header('cache-control', 'no-store').send(moved);
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
      const { id } = request.params;
      const { assignee } = request.body;
      const assigned = await turns.take([id], async () => {
        const alert = await find(id);
        assertMatch(request.headers['if-match'], alert, CASE_CHANGED);
        assertStandsAlone(alert);
        const assigned = assignCase(alert, assignee, new Date(now()).toISOString());
        await store(alert, assigned, assignee ?? '', request.identity);
        return assigned;
      });
      return reply.code(202).header('cache-control', 'no-store').send(assigned);
    },
  );
}
