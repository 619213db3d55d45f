import { Type } from 'typebox';
import { Instant, Int } from '../../../models/contract/fields.ts';
import type { ForecastExports } from '../../../processors/exports/forecast-exports.ts';
import { requireRight } from '../auth/access.ts';
import { VersionName, findVersionIn, type FindVersion } from '../forecasts/find-version.ts';
import type { ForecastSeries } from '../forecasts/forecast-series.ts';
import type { ForecastStore } from '../forecasts/forecast-store.ts';
import { inTurn } from '../in-turn.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor } from '../http/cursor.ts';
import { sendTagged } from '../http/etag.ts';
import { NextCursor, pageOf } from '../http/page.ts';
import { addForecastCompareRoute } from './forecast-compare.ts';
import { addForecastExportRoute } from './forecast-export.ts';
import { addForecastOverridesRoute } from './forecast-overrides.ts';
import { addForecastSeriesRoutes } from './forecast-series.ts';
import { addForecastWorkbookRoute } from './forecast-workbook.ts';

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
  next_cursor: NextCursor,
});
const ListQuery = Type.Object(
  {
    limit: Type.Optional(Int('versions per page, 50 if unset', 1, 200)),
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
  },
  { additionalProperties: false },
);
const ListPosition = Type.Object({ before: Type.String() });

export interface ForecastRoutes {
  readonly exports: ForecastExports;
  readonly store: ForecastStore;
  readonly series: ForecastSeries;
  readonly now: () => number;
}

/** Forecast versions: list, one, its series beside what came, exports, overrides. */
export function addForecastRoutes(api: Api, { exports, store, series, now }: ForecastRoutes): void {
  const find = findVersionIn(exports);
  // Each revision is made from the one before it.
  const oneAtATime = inTurn();

  addForecastListRoutes(api, exports, find);
  addForecastSeriesRoutes(api, series, find);
  addForecastCompareRoute(api, series, find);
  addForecastExportRoute(api, exports, find);
  addForecastOverridesRoute(api, { store, find, oneAtATime, now });
  addForecastWorkbookRoute(api, { exports, store, find, oneAtATime, now });
}

function addForecastListRoutes(api: Api, exports: ForecastExports, find: FindVersion): void {
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
      const before = decodeCursor(ListPosition, cursor)?.before ?? '';
      const found = await exports.versions(before, limit + 1);
      const page = pageOf(found, limit, (last) => ({ before: last.forecast_version }));
      return sendTagged(request, reply, page);
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
}
