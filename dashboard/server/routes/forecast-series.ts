import { Type } from 'typebox';
import { requireRight } from '../auth/access.ts';
import { VersionName, type FindVersion } from '../forecasts/find-version.ts';
import type { ForecastSeries } from '../forecasts/forecast-series.ts';
import { Member, SeriesRow } from '../forecasts/series-rows.ts';
import type { Api } from '../http/api.ts';
import { sendTagged } from '../http/etag.ts';

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

/** A series of a version beside what came, and the dealers and products to choose one by. */
export function addForecastSeriesRoutes(api: Api, series: ForecastSeries, find: FindVersion): void {
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
}
