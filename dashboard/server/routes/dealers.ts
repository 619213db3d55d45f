import { Type } from 'typebox';
import { Int } from '../../../models/contract/fields.ts';
import { requireRight } from '../auth/access.ts';
import { DealerProfile, DealerRow } from '../dealers/dealer-rows.ts';
import { positionOf, type DealerStore } from '../dealers/dealer-store.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor } from '../http/cursor.ts';
import { sendTagged } from '../http/etag.ts';
import { NextCursor, pageOf } from '../http/page.ts';
import { ProblemError } from '../http/problem.ts';

const Query = Type.Object(
  {
    find: Type.Optional(Type.String({ maxLength: 64, description: 'a part of the id or the name' })),
    limit: Type.Optional(Int('dealers per page, 50 if unset', 1, 200)),
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
  },
  { additionalProperties: false },
);
const Position = Type.Object({ after: Type.Tuple([Type.String(), Type.String()]) });
const DealerList = Type.Object({
  items: Type.Array(DealerRow),
  next_cursor: NextCursor,
});

/** Dealers by their score, and all that is known of one. */
export function addDealerRoutes(api: Api, dealers: DealerStore): void {
  api.get(
    '/v1/dealers',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['dealers'],
        summary: 'Dealers as they stand now, the best score first',
        querystring: Query,
        response: { 200: DealerList },
      },
    },
    async (request, reply) => {
      const { find = '', limit = 50, cursor } = request.query;
      const after = decodeCursor(Position, cursor)?.after;
      const found = await dealers.list(find, after, limit + 1);
      const page = pageOf(found, limit, (last) => ({ after: positionOf(last) }));
      return sendTagged(request, reply, page);
    },
  );

  api.get(
    '/v1/dealers/:id',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['dealers'],
        summary: 'One dealer: its score with every part, its licence, onboarding, stock and gaps',
        params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
        response: { 200: DealerProfile },
      },
    },
    async (request, reply) => {
      const profile = await dealers.profile(request.params.id);
      if (profile === undefined) throw new ProblemError(404, { detail: 'there is no such dealer now' });
      return sendTagged(request, reply, profile);
    },
  );
}
