import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MEDIA_TYPES } from '../../../processors/exports/export-format.ts';
import type { ForecastExports } from '../../../processors/exports/forecast-exports.ts';
import { principalOf, requireRight } from '../auth/access.ts';
import { VersionName } from '../forecasts/find-version.ts';
import type { NewOverride } from '../forecasts/forecast-store.ts';
import { compareSent } from '../forecasts/sent-overrides.ts';
import { SentOverrides } from '../forecasts/sent-result.ts';
import {
  SENT_BYTES_MAX,
  SENT_ROWS_MAX,
  SENT_SHEET,
  SentWorkbookError,
  SentWorkbookTooLargeError,
  readSentWorkbook,
  type SentSheet,
} from '../forecasts/sent-workbook.ts';
import type { Api } from '../http/api.ts';
import { assertConditional, assertMatch } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';
import type { ForecastOverrideRoutes } from './forecast-overrides.ts';

const XLSX = MEDIA_TYPES.xlsx;
/** Files that are read at once; each may take some 200 MB of memory. */
const AT_ONCE = 2;
const RETRY_AFTER_S = '10';
const MEBIBYTE = 1024 * 1024;

const Query = Type.Object(
  {
    dry_run: Type.Optional(
      Type.Enum(['true', 'false'] as const, {
        description: 'true = only say what would change; false if unset',
      }),
    ),
  },
  { additionalProperties: false },
);

export interface ForecastWorkbookRoute extends ForecastOverrideRoutes {
  readonly exports: ForecastExports;
}

/** Overrides by sending the exported workbook back. */
export function addForecastWorkbookRoute(
  api: Api,
  { exports, store, find, oneAtATime, now }: ForecastWorkbookRoute,
): void {
  let reading = 0;
  const admit = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const length = Number(request.headers['content-length'] ?? 0);
    if (length > SENT_BYTES_MAX) {
      const detail = `the workbook has ${(length / MEBIBYTE).toFixed(1)} MiB: at most ${SENT_BYTES_MAX / MEBIBYTE} are read`;
      throw new ProblemError(413, { detail });
    }
    if (reading >= AT_ONCE) {
      const detail = 'other workbooks are being read';
      throw new ProblemError(503, { detail }, { 'retry-after': RETRY_AFTER_S });
    }
    reading++;
    reply.raw.once('close', () => reading--);
    done();
  };

  // A scope of its own: here a workbook is read, and nothing else.
  void api.register((scope: Api, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      XLSX,
      { parseAs: 'buffer', bodyLimit: SENT_BYTES_MAX },
      (_request, body, parsed) => {
        parsed(null, body);
      },
    );
    scope.post(
      '/v1/forecasts/:version/overrides/workbook',
      {
        onRequest: [requireRight('plan'), admit],
        bodyLimit: SENT_BYTES_MAX,
        schema: {
          tags: ['forecasts'],
          summary: 'Overrides by sending the exported workbook back',
          description:
            `Of the sheet ${SENT_SHEET} the columns override_qty (empty takes an override back) and override_reason are read, and held against the ` +
            'version: cells that are wrong, unknown or not to be changed are told by row and column. With dry_run nothing changes; without ' +
            'it all of the file is applied, or with any error nothing (422, pointers /sheet/row/column). If-Match is the entity tag of ' +
            'the version: 428 without one unless dry_run, 412 when others have changed it. 413 beyond ' +
            `${SENT_BYTES_MAX / MEBIBYTE} MiB or ${SENT_ROWS_MAX} rows.`,
          params: VersionName,
          querystring: Query,
          file: XLSX,
          conditional: 'optional',
          response: { 200: SentOverrides },
        },
      },
      async (request, reply) => {
        const dry_run = request.query.dry_run === 'true';
        const ifMatch = request.headers['if-match'];
        if (!dry_run) assertConditional(ifMatch, 'the version');
        const sheet = await sheetOf(request.body);
        const compare = async (): Promise<SentOverrides> => {
          const version = await find(request.params.version);
          assertMatch(ifMatch, version, 'the version has other overrides by now');
          const compared = await compareSent({ exports, store }, version, sheet);
          const { revision } = version;
          if (dry_run || compared.changes.length + compared.error_count === 0)
            return { ...compared, revision, dry_run };
          if (compared.error_count > 0) throw refusal(compared);
          await store.add(
            version.forecast_version,
            revision + 1,
            principalOf(request).name,
            new Date(now()),
            compared.changes.map(overrideOf),
          );
          return { ...compared, revision: revision + 1, dry_run };
        };
        const result = dry_run ? await compare() : await oneAtATime(compare);
        return reply.header('cache-control', 'no-store').send(result);
      },
    );
    done();
  });
}

/** What is stored of a change, which tells more. */
function overrideOf(change: SentOverrides['changes'][number]): NewOverride {
  const { bucket_grain, dealer_id, sku_id, bucket_start, override_qty, reason } = change;
  return { bucket_grain, dealer_id, sku_id, bucket_start, override_qty, reason };
}

async function sheetOf(body: unknown): Promise<SentSheet> {
  if (!Buffer.isBuffer(body) || body.length === 0)
    throw new ProblemError(422, { detail: 'there is no workbook' });
  try {
    return await readSentWorkbook(body);
  } catch (error) {
    if (error instanceof SentWorkbookTooLargeError) throw new ProblemError(413, { detail: error.message });
    if (error instanceof SentWorkbookError)
      throw new ProblemError(422, { detail: `the file ${error.message}` });
    throw error;
  }
}

function refusal({
  changes,
  errors,
  error_count,
}: Pick<SentOverrides, 'changes' | 'errors' | 'error_count'>): ProblemError {
  return new ProblemError(422, {
    detail: `none of the ${changes.length} changes was applied: ${error_count} cells are wrong`,
    errors: errors.map(({ sheet, row, column, detail }) => ({
      pointer: `/${sheet}/${row}/${column}`,
      detail,
    })),
  });
}
