import type { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { Int, Text } from '../../../models/contract/fields.ts';
import { DECISIONS, SUGGESTION_STATES } from '../../../models/contract/suggestion.ts';
import { EXPORT_FORMATS, MEDIA_TYPES, type ExportFormat } from '../../../processors/exports/export-format.ts';
import type { SuggestionExports, SuggestionList } from '../../../processors/exports/suggestion-exports.ts';
import { principalOf, requireRight } from '../auth/access.ts';
import { inTurn } from '../in-turn.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor } from '../http/cursor.ts';
import { sendTagged } from '../http/etag.ts';
import { NextCursor, pageOf } from '../http/page.ts';
import { ProblemError } from '../http/problem.ts';
import { Decision, OrderRow, TransferRow } from '../suggestions/suggestion-rows.ts';
import type { SuggestionStore } from '../suggestions/suggestion-store.ts';

/** Two dealers and a product of 64 characters each, percent-encoded, and the cycle. */
const SUGGESTION_ID_CHARS_MAX = 2_000;
/** Quantities have three decimals. */
const UNITS_ROUNDING = 0.0005;

const Query = Type.Object(
  {
    format: Type.Optional(Type.Enum([...EXPORT_FORMATS], { description: 'a file of all instead of a page' })),
    dealer_id: Type.Optional(Type.String({ maxLength: 64 })),
    sku_id: Type.Optional(Type.String({ maxLength: 64 })),
    state: Type.Optional(Type.Enum([...SUGGESTION_STATES], { description: 'all if unset' })),
    limit: Type.Optional(Int('suggestions per page, 50 if unset', 1, 1_000)),
    cursor: Type.Optional(Type.String({ maxLength: 2 * SUGGESTION_ID_CHARS_MAX })),
  },
  { additionalProperties: false },
);
const Position = Type.Object({ after: Type.String() });
const DecisionBody = Type.Object(
  {
    decision: Type.Enum([...DECISIONS]),
    qty: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1e12, description: 'for edited: the units instead' }),
    ),
    reason: Type.Optional(Text('why; needed unless accepted', 500)),
  },
  { additionalProperties: false },
);

const LISTS = {
  replenishment: Type.Object({ items: Type.Array(OrderRow), next_cursor: NextCursor }),
  transfers: Type.Object({ items: Type.Array(TransferRow), next_cursor: NextCursor }),
} as const;

export interface SuggestionRoutes {
  readonly store: SuggestionStore;
  readonly exports: SuggestionExports;
  readonly now: () => number;
}

/** Suggested orders and transfers, and decisions on them. */
export function addSuggestionRoutes(api: Api, routes: SuggestionRoutes): void {
  const { store, now } = routes;
  // So that no two decisions promise the same surplus.
  const oneAtATime = inTurn();
  addList(api, routes, 'replenishment', 'Suggested orders, each with what it is made of');
  addList(api, routes, 'transfers', 'Suggested transfers between dealers, with gain and cost');

  api.post(
    '/v1/suggestions/:id/decision',
    {
      onRequest: requireRight('plan'),
      schema: {
        tags: ['suggestions'],
        summary: 'Accept, edit or reject a suggestion',
        description:
          'A later decision replaces an earlier one; all are kept. A transfer of more than its giver has to spare, other decisions counted, is refused.',
        params: Type.Object({ id: Type.String({ maxLength: SUGGESTION_ID_CHARS_MAX }) }),
        body: DecisionBody,
        response: { 200: Decision },
      },
    },
    async (request, reply) => {
      const { decision, qty, reason } = request.body;
      const found = await store.find(request.params.id);
      if (found === undefined) throw new ProblemError(404, { detail: 'there is no such suggestion' });
      if (decision !== 'accepted' && (reason ?? '').trim() === '')
        throw wrong('/reason', `is needed when it is ${decision}`);
      if (decision === 'edited' && qty === undefined) throw wrong('/qty', 'is needed when it is edited');
      if (decision !== 'edited' && qty !== undefined)
        throw wrong('/qty', `has no meaning when it is ${decision}`);
      const decided = {
        suggestion_id: request.params.id,
        decision,
        qty: decision === 'rejected' ? 0 : (qty ?? found.qty),
        reason: reason ?? '',
        decided_by: principalOf(request).name,
        decided_at: new Date(now()).toISOString(),
      };
      await oneAtATime(async () => {
        if (found.kind === 'transfer') await assertSpare(store, decided);
        await store.decide(decided);
      });
      return reply.header('cache-control', 'no-store').send(decided);
    },
  );
}

/** No surplus is promised twice, and none that there is not. @throws ProblemError 422 */
async function assertSpare(
  store: SuggestionStore,
  { suggestion_id, decision, qty }: Decision,
): Promise<void> {
  if (qty === 0) return;
  const found = await store.spare(suggestion_id);
  if (found === undefined || qty <= found.spare + UNITS_ROUNDING) return;
  const { from_dealer_id, spare } = found;
  const units = Math.max(0, Math.floor(spare * 1000) / 1000);
  throw new ProblemError(422, {
    detail: 'the giver has less to spare',
    errors: [
      {
        pointer: decision === 'edited' ? '/qty' : '/decision',
        detail: `is ${qty} units, of which ${from_dealer_id} has ${units} to spare`,
      },
    ],
  });
}

function addList(
  api: Api,
  { store, exports, now }: SuggestionRoutes,
  name: SuggestionList,
  summary: string,
): void {
  api.get(
    `/v1/${name}`,
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['suggestions'],
        summary,
        querystring: Query,
        response: { 200: LISTS[name] },
        produces: EXPORT_FORMATS.map((format) => MEDIA_TYPES[format]),
      },
    },
    async (request, reply) => {
      const { format, limit = 50, cursor, ...filter } = request.query;
      if (format !== undefined)
        return sendFile(reply, await exports.file(name, filter, format, new Date(now())), name, format);
      const after = decodeCursor(Position, cursor)?.after ?? '';
      const found = await store.list(name, { ...filter, after }, limit + 1);
      const page = pageOf(found, limit, (last) => ({ after: last.suggestion_id }));
      return sendTagged(request, reply, page);
    },
  );
}

function sendFile(
  reply: FastifyReply,
  file: Readable,
  name: SuggestionList,
  format: ExportFormat,
): FastifyReply {
  return reply
    .headers({
      'content-type': MEDIA_TYPES[format],
      'content-disposition': `attachment; filename="${name}.${format}"`,
      'cache-control': 'private, no-cache',
    })
    .send(file);
}

function wrong(pointer: string, detail: string): ProblemError {
  return new ProblemError(422, { detail: 'the decision is not complete', errors: [{ pointer, detail }] });
}
