import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Comparison } from '../../dashboard/server/forecasts/compare-rows.ts';
import { Pipeline } from '../../stack/lab/pipeline.ts';
import { storeVersion } from './forecast-versions.ts';

/** Three versions of three days: the second begins a day later and has a dealer more, the third is of another month. */
let pipeline: Pipeline;

const OLD = 'fc-20260101-01';
const NEW = 'fc-20260102-01';
const DISJOINT = 'fc-20260201-01';

beforeAll(async () => {
  pipeline = await Pipeline.start(inject('stack'), ['server']);
  const versions = [
    { forecast_version: OLD, start: '2026-01-01', means: { 'D1 S1': 10, 'D1 S2': 4, 'D2 S1': 6 } },
    {
      forecast_version: NEW,
      start: '2026-01-02',
      means: { 'D1 S1': 13, 'D1 S2': 4, 'D2 S1': 5, 'D3 S2': 1 },
    },
    { forecast_version: DISJOINT, start: '2026-02-01', means: { 'D1 S1': 1 } },
  ];
  for (const version of versions) await storeVersion(pipeline.sql, { ...version, days: 3 });
  // A planner has put 20 in place of 13 on a day that both have, and 99 on one that only the new version has.
  await pipeline.sql.insertRows(
    'raw_mart_forecast_overrides',
    Object.entries({ '2026-01-02': '20', '2026-01-04': '99' }).map(([bucket_start, override_qty]) => ({
      ...{ forecast_version: NEW, bucket_grain: 'day', dealer_id: 'D1', sku_id: 'S1', bucket_start },
      ...{ override_qty, reason: 'r', override_by: 'w', override_at: '2026-01-02T02:00:00Z', revision: 1 },
    })),
  );
}, 300_000);
afterAll(() => pipeline.stop());

const ask = (query: string, version = NEW): Promise<Response> =>
  pipeline.fetch(`/v1/forecasts/${version}/compare?${query}`);
const compare = async (query: string): Promise<Comparison> => {
  const answer = await ask(query);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Comparison;
};

it('sums over the days that both versions forecast, and no others', async () => {
  const total = await compare(`with=${OLD}`);
  expect(total).toMatchObject({
    buckets: 2,
    first_bucket: '2026-01-02',
    last_bucket: '2026-01-03',
    reason: null,
  });
  // 2 × (13 + 4 + 5 + 1) and 2 × (10 + 4 + 6); 20 in place of one 13.
  expect(total.items).toEqual([
    {
      ...{ id: '', name: '', mean: 46, compare_mean: 40, mean_difference: 6, mean_ratio: 0.15 },
      ...{ final_qty: 53, compare_final_qty: 40, final_difference: 13, final_ratio: 0.325 },
    },
  ]);
});

it('has the largest change first, and null where only one version has it', async () => {
  const { items } = await compare(`with=${OLD}&level=dealer`);
  expect(
    items.map(({ id, name, mean, compare_mean, final_difference }) => [
      id,
      name,
      mean,
      compare_mean,
      final_difference,
    ]),
  ).toEqual([
    ['D1', 'Dealer D1', 34, 28, 13],
    ['D2', 'Dealer D2', 10, 12, -2],
    ['D3', 'Dealer D3', 2, null, null],
  ]);
  const categories = await compare(`with=${OLD}&level=category`);
  expect(categories.items.map(({ id, mean_difference }) => [id, mean_difference])).toEqual([
    ['tea', 4],
    ['', 2],
  ]);
});

it('comes in pages that join up', async () => {
  const first = await compare(`with=${OLD}&level=sku&limit=1`);
  const second = await compare(`with=${OLD}&level=sku&limit=1&cursor=${first.next_cursor ?? ''}`);
  expect([first, second].map(({ items }) => items.map(({ id }) => id))).toEqual([['S1'], ['S2']]);
  expect(second.next_cursor).toBeUndefined();
});

it('says why where there is nothing to compare', async () => {
  expect(await compare(`with=${DISJOINT}`)).toMatchObject({
    buckets: 0,
    first_bucket: null,
    reason: 'no_shared_buckets',
    items: [],
  });
  expect(await compare(`with=${OLD}&grain=week`)).toMatchObject({ reason: 'no_shared_buckets' });
  expect((await ask(`with=${NEW}`)).status).toBe(400);
  expect((await ask('with=fc-19990101-01')).status).toBe(404);
  expect((await ask('')).status).toBe(400);
});
