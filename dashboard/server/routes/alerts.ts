import { Type } from 'typebox';
import { ALERT_KINDS, Alert, CASE_STATES } from '../../../models/contract/alert.ts';
import { CaseScan } from '../../../models/contract/case-scan.ts';
import { Id, Instant, Int, Word } from '../../../models/contract/fields.ts';
import { requireRight, type Identity } from '../auth/access.ts';
import type { CaseResponses } from '../cases/case-responses.ts';
import type { CaseScans } from '../cases/case-scans.ts';
import { SERVER_SOURCE, changeIdOf, type CaseEvents } from '../cases/case-events.ts';
import type { CaseFilter, CasePosition, CaseStore } from '../cases/case-store.ts';
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
import { addAlertResponseRoute } from './alert-response.ts';

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
    merged_into: Type.Optional(
      Id('only cases that are part of this one; unset: those that are part of none'),
    ),
    limit: Type.Optional(Int('cases per page, 50 if unset', 1, LIMIT_MAX)),
    cursor: Type.Optional(Type.String({ maxLength: 400, description: 'next_cursor of the page before' })),
  },
  { additionalProperties: false },
);
const AlertId = Type.Object({ id: Id('alert_id') });
const CursorPosition = Type.Object({ raised_at: Instant('of the last case'), alert_id: Id('the last case') });

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

type Looked = Omit<CaseFilter, 'limit' | 'after'>;

/** A page of the list: behind `after`, and up to `last` where it is not the last page. */
interface Span {
  readonly after: CasePosition | undefined;
  readonly last: CasePosition | undefined;
}

/** What `alerts.sql` asks of a stored case, asked of one with its pending move. */
function isLookedFor(alert: Alert, { state, kind, from, to, merged_into }: Looked): boolean {
  const raised_ms = Date.parse(alert.raised_at);
  return (
    alert.merged_into === merged_into &&
    (state === undefined || alert.state === state) &&
    (kind === undefined || alert.kinds.includes(kind)) &&
    (from === undefined || raised_ms >= Date.parse(from)) &&
    (to === undefined || raised_ms < Date.parse(to))
  );
}

function isBehind(alert: Alert, position: CasePosition | undefined): boolean {
  return position === undefined || byRaisedAt(alert, position) > 0;
}

/** The order of the list: the last raised first, by id among those of one instant. */
function byRaisedAt(a: CasePosition, b: CasePosition): number {
  if (a.alert_id === b.alert_id) return 0;
  return Date.parse(b.raised_at) - Date.parse(a.raised_at) || (a.alert_id < b.alert_id ? 1 : -1);
}

export interface AlertRoutes {
  readonly cases: CaseStore;
  readonly scans: Pick<CaseScans, 'list'>;
  readonly responses: Pick<CaseResponses, 'list'>;
  readonly events: CaseEvents;
  readonly evidence: Pick<EvidenceStore, 'of'>;
  /** Told in each pack. */
  readonly rules: RulesInForce;
  readonly now: () => number;
}

/**
 * Cases: list, one, its scans and evidence, moving one to another state, giving one to somebody, merging some and splitting them
 * again; how fast they are detected and resolved.
 */
export function addAlertRoutes(
  api: Api,
  { cases, scans, responses, events, evidence, rules, now }: AlertRoutes,
): void {
  const pending = new PendingMoves(now);
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
      ? new ProblemError(410, { detail: 'the case was withdrawn: later data explain what it rested on' })
      : new ProblemError(404, { detail: 'there is no such case' });
  /** Cases that a stored page lacks, since the move that brings them onto it is not stored yet. */
  const notStored = async (
    filter: Looked,
    page: readonly Alert[],
    { after, last }: Span,
  ): Promise<Alert[]> => {
    const belongs = (alert: Alert): boolean =>
      isLookedFor(alert, filter) && isBehind(alert, after) && (last === undefined || !isBehind(alert, last));
    const ids = pending.where(belongs).filter((id) => !page.some(({ alert_id }) => alert_id === id));
    return (await Promise.all(ids.map(known))).filter((alert) => alert !== undefined);
  };
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
    '/v1/alerts',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'Cases, the last raised first',
        description: 'One that was merged into another is not listed unless it is asked for by merged_into.',
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
      const missing = await notStored(filter, page, { after, last });
      const items = [...page.map((alert) => pending.over(alert)), ...missing]
        .filter((alert) => isLookedFor(alert, filter))
        .sort(byRaisedAt);
      const end = items.length > limit ? items[limit - 1] : last;
      return sendTagged(request, reply, {
        items: items.slice(0, limit),
        ...(end && { next_cursor: encodeCursor(positionOf(end)) }),
      });
    },
  );

  api.get(
    '/v1/alerts/:id',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'One case',
        description: '410 when it was withdrawn, since later data explain what it rested on.',
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
          'Its scans as CSV and as EPCIS 2.0, signals, territories and prices as of the shipment, moves, rules, and a manifest ' +
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

function positionOf({ raised_at, alert_id }: Alert): CasePosition {
  return { raised_at, alert_id };
}
