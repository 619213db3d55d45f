import { Type } from 'typebox';
import { CaseScan } from '../../../models/contract/case-scan.ts';
import { Id, Instant, Int } from '../../../models/contract/fields.ts';
import { requireRight } from '../auth/access.ts';
import type { CaseScans } from '../cases/case-scans.ts';
import type { CurrentCases } from '../cases/current-cases.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor } from '../http/cursor.ts';
import { sendTagged } from '../http/etag.ts';
import { NextCursor, pageOf } from '../http/page.ts';

const SCANS_LIMIT_MAX = 500;

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

/** The scans of a case, page by page. */
export function addAlertScansRoute(
  api: Api,
  cases: Pick<CurrentCases, 'find'>,
  scans: Pick<CaseScans, 'list'>,
): void {
  api.get(
    '/v1/alerts/:id/scans',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'The way that a case’s goods went, scan by scan',
        description:
          'Of the codes that the case lists and of the cases and pallets that they were in, in order of time.',
        params: Type.Object({ id: Id('alert_id') }),
        querystring: ScanPage,
        response: { 200: Type.Object({ items: Type.Array(CaseScan), next_cursor: NextCursor }) },
      },
    },
    async (request, reply) => {
      const { cursor, limit = 200 } = request.query;
      const after = decodeCursor(ScanCursor, cursor);
      const found = await scans.list(await cases.find(request.params.id), limit + 1, after);
      const page = pageOf(found, limit, ({ event_time, code, source, event_id }) => ({
        ...{ event_time, code, source, event_id },
      }));
      return sendTagged(request, reply, page);
    },
  );
}
