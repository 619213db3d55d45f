import { principalOf, requireRight } from '../auth/access.ts';
import type { FindVersion } from '../forecasts/find-version.ts';
import type { ForecastStore } from '../forecasts/forecast-store.ts';
import type { InTurn } from '../in-turn.ts';
import { OverrideBody, OverrideResult } from '../forecasts/override-rows.ts';
import { applyOverrides } from '../forecasts/overrides.ts';
import type { Api } from '../http/api.ts';
import { assertMatch } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';

/** 10,000 overrides of some 300 bytes. */
const OVERRIDES_BYTES_MAX = 4 * 1024 * 1024;

/** What the routes that override a version work with. */
export interface ForecastOverrideRoutes {
  readonly store: ForecastStore;
  readonly find: FindVersion;
  readonly oneAtATime: InTurn;
  readonly now: () => number;
}

/** Planned quantities in place of the baseline, row by row. */
export function addForecastOverridesRoute(
  api: Api,
  { store, find, oneAtATime, now }: ForecastOverrideRoutes,
): void {
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
        const result = await applyOverrides(
          store,
          version,
          request.body,
          principalOf(request).name,
          new Date(now()),
        );
        if (result.rejected.length === request.body.items.length) {
          throw new ProblemError(422, {
            detail: 'none of the items is about a row of the version',
            errors: result.rejected.map(({ pointer, detail }) => ({ pointer, detail })),
          });
        }
        return reply.header('cache-control', 'no-store').send(result);
      }),
  );
}
