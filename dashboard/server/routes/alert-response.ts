import { Type } from 'typebox';
import { CaseResponse } from '../../../models/contract/case-response.ts';
import { Int } from '../../../models/contract/fields.ts';
import { requireRight } from '../auth/access.ts';
import type { CaseResponses } from '../cases/case-responses.ts';
import type { Api } from '../http/api.ts';
import { sendTagged } from '../http/etag.ts';

const Days = Type.Object(
  { days: Type.Optional(Int('how many days, today among them; 28 if unset', 1, 366)) },
  { additionalProperties: false },
);

/** How fast cases are detected and resolved, and how many of the alerts are right. */
export function addAlertResponseRoute(api: Api, responses: Pick<CaseResponses, 'list'>): void {
  api.get(
    '/v1/alerts/response',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'Time to detect, time to resolve and precision: of all cases, then by kind',
        querystring: Days,
        response: { 200: Type.Object({ items: Type.Array(CaseResponse) }) },
      },
    },
    async (request, reply) =>
      sendTagged(request, reply, { items: await responses.list(request.query.days ?? 28) }),
  );
}
