import { Type } from 'typebox';
import { Instant, Int } from '../../../models/contract/fields.ts';
import { EXPORT_FORMATS, MEDIA_TYPES } from '../../../processors/exports/export-format.ts';
import type { ForecastExports, StoredVersion } from '../../../processors/exports/forecast-exports.ts';
import { requireRight } from '../auth/access.ts';
import type { ForecastStore } from '../forecasts/forecast-store.ts';
import type { ForecastSeries } from '../forecasts/forecast-series.ts';
import { inTurn } from '../forecasts/in-turn.ts';
import { OverrideBody, OverrideResult } from '../forecasts/override-rows.ts';
import { applyOverrides } from '../forecasts/overrides.ts';
import { Member, SeriesRow } from '../forecasts/series-rows.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { assertMatch, etagOf, listed, sendTagged } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';
import { addForecastCompareRoute } from './forecast-compare.ts';
import { addForecastWorkbookRoute } from './forecast-workbook.ts';

/** 10,000 overrides of some 300 bytes. */
const OVERRIDES_BYTES_MAX = 4 * 1024 * 1024;

const Version = Type.Object({
  forecast_version: Type.String(),
  as_of: Instant('end of the last day whose demand was known'),
  generated_at: Instant('when it was computed'),
  seed: Int('of the models'),
  series: Int('dealer x product pairs'),
  days: Int('days ahead'),
  weeks: Int('weeks ahead'),
  choices: Type.Unknown({ description: 'grain → class of demand → model' }),
  accuracy: Type.Unknown({ description: 'of a backtest, at four levels, beside the naive forecast' }),
  revision: Int('of its overrides'),
});
const VersionList = Type.Object({
  items: Type.Array(Version),
  next_cursor: Type.Optional(Type.String({ description: 'for the next page; absent on the last' })),
});
const ListQuery = Type.Object(
  {
    limit: Type.Optional(Int('versions per page, 50 if unset', 1, 200)),
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
  },
  { additionalProperties: false },
);
const ListPosition = Type.Object({ before: Type.String() });
const VersionName = Type.Object({
  version: Type.String({ maxLength: 64, description: 'its name, or latest' }),
});
const ExportQuery = Type.Object(
  {
    format: Type.Optional(Type.Enum([...EXPORT_FORMATS], { description: 'csv if unset' })),
    grain: Type.Optional(Type.Enum(['day', 'week'] as const, { description: 'both if unset' })),
    dealer_id: Type.Optional(Type.String({ maxLength: 64 })),
    sku_id: Type.Optional(Type.String({ maxLength: 64 })),
    bom: Type.Optional(
      Type.Enum(['0', '1'] as const, { description: '0 = a CSV without a byte order mark' }),
    ),
  },
  { additionalProperties: false },
);

const SeriesQuery = Type.Object(
  {
    grain: Type.Optional(Type.Enum(['day', 'week'] as const, { description: 'day if unset' })),
    dealer_id: Type.Optional(Type.String({ maxLength: 64, description: 'a total over all if unset' })),
    sku_id: Type.Optional(Type.String({ maxLength: 64, description: 'a total over all if unset' })),
    compare: Type.Optional(Type.String({ maxLength: 64, description: 'another version' })),
  },
  { additionalProperties: false },
);
const MemberQuery = Type.Object(
  {
    kind: Type.Enum(['dealer', 'sku'] as const),
    find: Type.Optional(Type.String({ maxLength: 64, description: 'a part of the id or the name' })),
  },
  { additionalProperties: false },
);

export interface ForecastRoutes {
  readonly exports: ForecastExports;
  readonly store: ForecastStore;
  readonly series: ForecastSeries;
  readonly now: () => number;
}

/** Forecast versions: list, one, its series beside what came, exports, overrides. */
export function addForecastRoutes(api: Api, { exports, store, series, now }: ForecastRoutes): void {
  const find = async (name: string): Promise<StoredVersion> => {
    const version = await exports.version(name);
    if (version === undefined) {
      const detail = name === 'latest' ? 'nothing was forecast yet' : 'there is no such version';
      throw new ProblemError(404, { detail });
    }
    return version;
  };

  // Each revision is made from the one before it.
  const oneAtATime = inTurn();

  api.get(
    '/v1/forecasts',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['forecasts'],
        summary: 'Forecast versions, the last one first',
        querystring: ListQuery,
        response: { 200: VersionList },
      },
    },
    async (request, reply) => {
      const { cursor, limit = 50 } = request.query;
      const { before } = cursor === undefined ? { before: '' } : decodeCursor(ListPosition, cursor);
      const found = await exports.versions(before, limit + 1);
      const items = found.slice(0, limit);
      const last = found.length > limit ? items.at(-1) : undefined;
      return sendTagged(request, reply, {
        items,
        ...(last && { next_cursor: encodeCursor({ before: last.forecast_version }) }),
      });
    },
  );

  api.get(
    '/v1/forecasts/:version',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['forecasts'],
        summary: 'One forecast version',
        params: VersionName,
        response: { 200: Version },
      },
    },
    async (request, reply) => sendTagged(request, reply, await find(request.params.version)),
  );

  api.get(
    '/v1/forecasts/:version/series',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['forecasts'],
        summary:
          'One series of a version, or a total of several, beside the demand that came and another version',
        params: VersionName,
        querystring: SeriesQuery,
        response: { 200: Type.Object({ forecast_version: Type.String(), items: Type.Array(SeriesRow) }) },
      },
    },
    async (request, reply) => {
      const { forecast_version } = await find(request.params.version);
      const { grain = 'day', dealer_id = '', sku_id = '', compare } = request.query;
      const other = compare === undefined ? '' : (await find(compare)).forecast_version;
      const question = { version: forecast_version, compare: other, grain, dealer_id, sku_id };
      return sendTagged(request, reply, { forecast_version, items: await series.rows(question) });
    },
  );

  api.get(
    '/v1/forecasts/:version/members',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['forecasts'],
        summary: 'Dealers or products of a version by a part of their id or name, at most 20',
        params: VersionName,
        querystring: MemberQuery,
        response: { 200: Type.Object({ items: Type.Array(Member) }) },
      },
    },
    async (request, reply) => {
      const { forecast_version } = await find(request.params.version);
      const { kind, find: text = '' } = request.query;
      return sendTagged(request, reply, { items: await series.members(forecast_version, kind, text) });
    },
  );

  api.get(
    '/v1/forecasts/:version/export',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['forecasts'],
        summary: 'The rows of a version as CSV, XLSX or Parquet',
        description:
          'Streamed. The entity tag changes only with the overrides: 304 for who holds the same. What no sheet of an XLSX can hold ' +
          '(Excel: 1,048,576 rows) goes on in the sheet `Forecast 2`.',
        params: VersionName,
        querystring: ExportQuery,
        produces: EXPORT_FORMATS.map((format) => MEDIA_TYPES[format]),
      },
    },
    async (request, reply) => {
      const version = await find(request.params.version);
      const { format = 'csv', bom = '1', ...filter } = request.query;
      const etag = etagOf(
        JSON.stringify([
          version.forecast_version,
          version.revision,
          format,
          bom,
          filter.grain,
          filter.dealer_id,
          filter.sku_id,
        ]),
      );
      void reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'authorization, cookie' });
      if (listed(request.headers['if-none-match'], etag)) return reply.code(304).send();
      void reply.headers({
        'content-type': MEDIA_TYPES[format],
        'content-disposition': `attachment; filename="${version.forecast_version}.${format}"`,
      });
      return reply.send(await exports.file(version, filter, format, bom !== '0'));
    },
  );

  api.put(
    '/v1/forecasts/overrides',
    {
      onRequest: requireRight('plan'),
      bodyLimit: OVERRIDES_BYTES_MAX,
      schema: {
        tags: ['forecasts'],
        summary: 'Put planned quantities in place of the baseline, or take them back',
        description:
          'Rows that the version does not have are rejected by their index; the others are applied. `dry_run` only says what ' +
          'would change. 412 when If-Match is not the entity tag of the version.',
        body: OverrideBody,
        conditional: 'optional',
        response: { 200: OverrideResult },
      },
    },
    (request, reply) =>
      oneAtATime(async () => {
        const version = await find(request.body.forecast_version ?? 'latest');
        assertMatch(request.headers['if-match'], version, 'the version has other overrides by now');
        const by = typeof request.identity === 'string' ? '' : request.identity.name;
        const result = await applyOverrides(store, version, request.body, by, new Date(now()));
        const status = result.rejected.length === request.body.items.length ? 422 : 200;
        if (status === 422) {
          throw new ProblemError(422, {
            detail: 'none of the items is about a row of the version',
            errors: result.rejected.map(({ pointer, detail }) => ({ pointer, detail })),
          });
        }
        return reply.header('cache-control', 'no-store').send(result);
      }),
  );

  addForecastCompareRoute(api, series, find);
  addForecastWorkbookRoute(api, { exports, store, find, now, oneAtATime });
}
