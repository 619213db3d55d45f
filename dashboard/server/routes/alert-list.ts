import { Type } from 'typebox';
import {
  ALERT_KINDS,
  ALERT_SEVERITIES,
  type Alert,
  CASE_SORTS,
  CASE_STATES,
  NamedAlert,
  type CaseSort,
} from '../../../models/contract/alert.ts';
import { byPosition, positionOf, type CasePosition } from '../../../models/contract/case-order.ts';
import { Adcode, Id, Instant, Int, SignedMoney, Text, Word } from '../../../models/contract/fields.ts';
import { requireRight } from '../auth/access.ts';
import { CASE_FACETS, type CaseFilter, type CaseStore } from '../cases/case-store.ts';
import type { PendingMoves } from '../cases/pending-moves.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { sendTagged } from '../http/etag.ts';
import { NextCursor } from '../http/page.ts';

const LIMIT_MAX = 200;
const FIND_CHARS_MAX = 300;

const FILTERS = {
  state: Type.Optional(Word(CASE_STATES, 'only cases in this state')),
  severity: Type.Optional(Word(ALERT_SEVERITIES, 'only cases of this severity')),
  kind: Type.Optional(Word(ALERT_KINDS, 'only cases with this signal')),
  found: Type.Optional(Adcode('only cases found in this province or prefecture')),
  find: Type.Optional(
    Text(
      'only cases that have every word of it in the id or the name of a dealer or the product, in the lot, a listed code or the id of ' +
        'the case, or of which it is a code, listed or not and in any spelling',
      FIND_CHARS_MAX,
    ),
  ),
  from: Type.Optional(Instant('raised at or after')),
  to: Type.Optional(Instant('raised before')),
  merged_into: Type.Optional(Id('only cases that are part of this one; unset: those that are part of none')),
};
const AlertFilter = Type.Object(FILTERS, { additionalProperties: false });
const AlertPage = Type.Object(
  {
    ...FILTERS,
    sort: Type.Optional(
      Word(CASE_SORTS, 'newest if unset; value is compared as it stands, whatever its currency'),
    ),
    names: Type.Optional(
      Type.Enum(['true', 'false'] as const, {
        description: 'whether the names of dealers and product are told too; false if unset',
      }),
    ),
    limit: Type.Optional(Int('cases per page, 50 if unset', 1, LIMIT_MAX)),
    cursor: Type.Optional(
      Type.String({ maxLength: 400, description: 'next_cursor of the page before, under the same sort' }),
    ),
  },
  { additionalProperties: false },
);
const AlertList = Type.Object({
  items: Type.Array(NamedAlert),
  next_cursor: NextCursor,
});
const Counts = Type.Object({
  items: Type.Array(
    Type.Object({
      facet: Word(CASE_FACETS, 'all, or the filter that chooses among the values'),
      value: Type.String({ description: 'what it chooses; of found the adcode of a province; "" of all' }),
      cases: Int('how many there are under the other filters'),
    }),
  ),
  beyond_budget: Int(
    'how many, of whatever filters, are not raised, since surer ones of the same day fill the budget of investigators',
  ),
});

/** What of the last case of a page its cursor holds, by the sort. */
const CURSORS = {
  newest: Type.Object({ raised_at: Instant('of the last case'), alert_id: Id('the last case') }),
  value: Type.Object({ value: SignedMoney('of the last case'), alert_id: Id('the last case') }),
  confidence: Type.Object({ confidence: Type.Number(), alert_id: Id('the last case') }),
} as const satisfies Record<CaseSort, unknown>;

/** A page of the list: behind `after`, and up to `last` where it is not the last page. */
interface Span {
  readonly after: CasePosition | undefined;
  readonly last: CasePosition | undefined;
  readonly sort: CaseSort;
}

/** What a move can change of a case, asked of one with its pending move. */
function isMovedTo(alert: Alert, { state, merged_into }: CaseFilter): boolean {
  return alert.merged_into === merged_into && (state === undefined || alert.state === state);
}

function isIn(alert: Alert, { after, last, sort }: Span): boolean {
  const at = positionOf(alert, sort);
  return (
    (after === undefined || byPosition(at, after) > 0) && (last === undefined || byPosition(at, last) <= 0)
  );
}

export interface AlertListRoutes {
  readonly cases: Pick<CaseStore, 'list' | 'counts' | 'beyondBudget'>;
  /** Moves that do not show in the stored cases yet. */
  readonly pending: PendingMoves;
}

/** Cases page by page, by what people look for them with, and how many there are of each sort. */
export function addAlertListRoutes(api: Api, { cases, pending }: AlertListRoutes): void {
  /** Cases that a stored page lacks, since the move that brings them onto it is not stored yet. */
  const notStored = async (
    { severity, kind, found, find, from, to }: CaseFilter,
    belongs: (alert: Alert) => boolean,
    page: readonly Alert[],
    names: boolean,
  ): Promise<NamedAlert[]> => {
    const among = pending.where(belongs).filter((id) => !page.some(({ alert_id }) => alert_id === id));
    if (among.length === 0) return [];
    // All that a move leaves as it is.
    const kept = { ...(severity && { severity }), ...(kind && { kind }), ...(found && { found }) };
    const said = { ...(find && { find }), ...(from && { from }), ...(to && { to }) };
    return cases.list({ ...kept, ...said, among, names, limit: among.length });
  };

  api.get(
    '/v1/alerts',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'Cases, the last raised first unless another sort is asked for',
        description: 'One that was merged into another is not listed unless it is asked for by merged_into.',
        querystring: AlertPage,
        response: { 200: AlertList },
      },
    },
    async (request, reply) => {
      const { cursor, limit = 50, sort = 'newest', names: asked = 'false', ...filter } = request.query;
      const names = asked === 'true';
      const after = cursor === undefined ? undefined : positionAt(cursor, sort);
      const found = await cases.list({ ...filter, sort, names, limit: limit + 1, ...(after && { after }) });
      const page = found.slice(0, limit);
      const last = found.length > limit ? page.at(-1) : undefined;
      const span = { after, last: last && positionOf(last, sort), sort };
      const belongs = (alert: Alert): boolean => isMovedTo(alert, filter) && isIn(alert, span);
      const missing = await notStored(filter, belongs, page, names);
      const items = [...page, ...missing]
        .map((alert) => pending.over(alert))
        .filter((alert) => isMovedTo(alert, filter))
        .sort((a, b) => byPosition(positionOf(a, sort), positionOf(b, sort)));
      const end = items.length > limit ? items[limit - 1] : last;
      return sendTagged(request, reply, {
        items: items.slice(0, limit),
        ...(end && { next_cursor: cursorOf(end, sort) }),
      });
    },
  );

  api.get(
    '/v1/alerts/counts',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary:
          'How many cases fit the filters, and how many would with another state, severity, signal or region',
        description: 'As the marts have them: a move shows within seconds.',
        querystring: AlertFilter,
        response: { 200: Counts },
      },
    },
    async (request, reply) => {
      const [items, beyond_budget] = await Promise.all([cases.counts(request.query), cases.beyondBudget()]);
      return sendTagged(request, reply, { items, beyond_budget });
    },
  );
}

function cursorOf({ raised_at, value, confidence, alert_id }: Alert, sort: CaseSort): string {
  const of_sort = { newest: { raised_at }, value: { value }, confidence: { confidence } };
  return encodeCursor({ ...of_sort[sort], alert_id });
}

/** @throws ProblemError 400 when the cursor is not one of this sort */
function positionAt(cursor: string, sort: CaseSort): CasePosition {
  const unsaid = { raised_at: '', value: '0', confidence: 0 };
  return positionOf({ ...unsaid, ...decodeCursor(CURSORS[sort], cursor) }, sort);
}
