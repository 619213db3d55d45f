import { Type } from 'typebox';
import { Int } from '../../../models/contract/fields.ts';
import { requireRight } from '../auth/access.ts';
import { COMPARE_LEVELS, Comparison } from '../forecasts/compare-rows.ts';
import { VersionName, type FindVersion } from '../forecasts/find-version.ts';
import type { ForecastSeries } from '../forecasts/forecast-series.ts';
import type { Api } from '../http/api.ts';
import { decodeCursor } from '../http/cursor.ts';
import { sendTagged } from '../http/etag.ts';
import { pageOf } from '../http/page.ts';
import { ProblemError } from '../http/problem.ts';

const Query = Type.Object(
  {
    with: Type.String({ minLength: 1, maxLength: 64, description: 'the other version, or latest' }),
    level: Type.Optional(Type.Enum([...COMPARE_LEVELS], { description: 'total if unset' })),
    grain: Type.Optional(Type.Enum(['day', 'week'] as const, { description: 'day if unset' })),
    limit: Type.Optional(Int('rows per page, 50 if unset', 1, 1_000)),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  { additionalProperties: false },
);
const Position = Type.Object({ after: Int('rows before', 0, 100_000_000) });

/** Two versions side by side. */
export function addForecastCompareRoute(api: Api, series: ForecastSeries, find: FindVersion): void {
  api.get(
    '/v1/forecasts/:version/compare',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['forecasts'],
        summary: 'Two versions side by side, the largest change first',
        description:
          'Sums of means and of planned units over the buckets that both versions forecast, in total, by category, dealer or product.',
        params: VersionName,
        querystring: Query,
        response: { 200: Comparison },
      },
    },
    async (request, reply) => {
      const { level = 'total', grain = 'day', limit = 50, cursor } = request.query;
      const after = decodeCursor(Position, cursor)?.after ?? 0;
      const [one, other] = await Promise.all([find(request.params.version), find(request.query.with)]);
      if (one.forecast_version === other.forecast_version) {
        const errors = [{ pointer: '/with', detail: 'is the same version' }];
        throw new ProblemError(400, { detail: 'the address is not as documented', errors });
      }
      const pair = { version: one.forecast_version, compare: other.forecast_version, grain };
      const { buckets, first_bucket, last_bucket } = await series.sharedBuckets(pair);
      const found = buckets === 0 ? [] : await series.compare({ ...pair, level, after, limit: limit + 1 });
      const answer: Comparison = {
        forecast_version: pair.version,
        compare_version: pair.compare,
        level,
        grain,
        buckets,
        first_bucket: buckets === 0 ? null : first_bucket,
        last_bucket: buckets === 0 ? null : last_bucket,
        reason: buckets === 0 ? 'no_shared_buckets' : null,
        ...pageOf(found, limit, () => ({ after: after + limit })),
      };
      return sendTagged(request, reply, answer);
    },
  );
}
