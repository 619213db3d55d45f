import { Type, type Static } from 'typebox';
import { Id, Int, Word } from '../../../models/contract/fields.ts';
import { MATCH_PAIRS } from '../../../models/money/three-way-match.ts';
import { requireRight } from '../auth/access.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor } from '../http/cursor.ts';
import { sendTagged } from '../http/etag.ts';
import { NextCursor, pageOf } from '../http/page.ts';
import { Difference, RebateRow, Statement } from '../money/money-rows.ts';
import type { MoneyStore } from '../money/money-store.ts';

const LIMIT_MAX = 200;
const LIMIT_DEFAULT = 50;

const Page = {
  limit: Type.Optional(Int(`rows per page, ${LIMIT_DEFAULT} if unset`, 1, LIMIT_MAX)),
  cursor: Type.Optional(Type.String({ maxLength: 600, description: 'next_cursor of the page before' })),
};
const Position = Type.Object({
  after: Type.Tuple([Type.String(), Type.String(), Type.String(), Type.String()]),
});

type Position = Static<typeof Position>;

const DifferenceQuery = Type.Object(
  {
    dealer_id: Type.Optional(Id('only this dealer, with its statements')),
    pair: Type.Optional(Word([...MATCH_PAIRS], 'only differences between these steps')),
    age_days_min: Type.Optional(Int('only those that have stood so many days', 0)),
    ...Page,
  },
  { additionalProperties: false },
);
const DifferenceList = Type.Object({
  items: Type.Array(Difference),
  statements: Type.Array(Statement, {
    description: 'of the dealer asked for, the latest month first; else empty',
  }),
  next_cursor: NextCursor,
});
const RebateQuery = Type.Object(
  {
    dealer_id: Type.Optional(Id('only rebates earned by this dealer')),
    program_id: Type.Optional(Id('only this programme')),
    month: Type.Optional(
      Type.String({
        pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$',
        description: 'only periods that this month, YYYY-MM, lies in',
      }),
    ),
    ...Page,
  },
  { additionalProperties: false },
);
const RebateList = Type.Object({ items: Type.Array(RebateRow), next_cursor: NextCursor });

/** The money: what does not match, statements, and rebates with their derivation. Not for displays. */
export function addMoneyRoutes(api: Api, money: MoneyStore): void {
  api.get(
    '/v1/reconciliation',
    {
      onRequest: requireRight('see_money'),
      schema: {
        tags: ['money'],
        summary: 'Differences between order, shipment, invoice and payment; statements of a dealer',
        querystring: DifferenceQuery,
        response: { 200: DifferenceList },
      },
    },
    async (request, reply) => {
      const { cursor, limit = LIMIT_DEFAULT, ...filter } = request.query;
      const after = decodeCursor(Position, cursor)?.after;
      const found = await money.differences({ ...filter, limit: limit + 1, ...(after && { after }) });
      const statements = filter.dealer_id === undefined ? [] : await money.statements(filter.dealer_id);
      const page = pageOf(found, limit, ({ dealer_id, order_id, currency, pair }): Position => ({
        after: [dealer_id, order_id, currency, pair],
      }));
      return sendTagged(request, reply, { ...page, statements });
    },
  );

  api.get(
    '/v1/rebates',
    {
      onRequest: requireRight('see_money'),
      schema: {
        tags: ['money'],
        summary: 'Rebates recomputed, each with its derivation and its split',
        querystring: RebateQuery,
        response: { 200: RebateList },
      },
    },
    async (request, reply) => {
      const { cursor, limit = LIMIT_DEFAULT, ...filter } = request.query;
      const after = decodeCursor(Position, cursor)?.after;
      const found = await money.rebates({ ...filter, limit: limit + 1, ...(after && { after }) });
      const page = pageOf(
        found,
        limit,
        ({ program_id, dealer_id, currency, period_start, period }): Position => ({
          after: [program_id, dealer_id, currency, `${period_start} ${period}`],
        }),
      );
      return sendTagged(request, reply, page);
    },
  );
}
