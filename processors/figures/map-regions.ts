import type { LiveRow } from '../../models/contract/live.ts';
import { defineProcessor } from '../processor.ts';

interface RegionRow {
  readonly adcode: string;
  readonly units: number;
  readonly last_placed_at: string;
}

/** Units ordered in each prefecture in the last 24 hours: the shades of the map. */
export const mapRegions = defineProcessor({
  id: 'map-regions',
  trigger: {
    on: 'timer',
    every_ms: 60_000,
    after: ['order-lines', 'reference-versions'],
    min_interval_ms: 5_000,
  },
  query: ({ sql, now }) =>
    sql.queryFile<RegionRow>('queries/processors/map-regions.sql', { params: { now } }),
  compute: (regions: readonly RegionRow[]) => ({
    live: [
      {
        topic: 'map' as const,
        as_of:
          regions
            .map((region) => region.last_placed_at)
            .sort()
            .at(-1) ?? null,
        rows: new Map(
          regions.map(({ adcode, units }): [string, LiveRow<'map'>] => [
            `region:${adcode}`,
            { kind: 'region', adcode, value: units },
          ]),
        ),
      },
    ],
  }),
  store: () => Promise.resolve(),
});
