import { EVENT_TYPES } from '../../models/contract/registry.ts';
import { defineProcessor, type Output } from '../processor.ts';
import { definitionOf, rangeParams } from './bucket-mart.ts';
import { rangesByType, type TypeRanges } from './ranges-by-type.ts';

const RECOMPUTE = 'queries/processors/feed-arrivals-recompute.sql';

interface Plan extends Output {
  readonly by_type: readonly TypeRanges[];
}

/** Keeps `mart_feed_arrivals`: how many deliveries came from which feed in which hour, how new and how late they were (D1). */
export const feedArrivals = defineProcessor<Plan, Plan>({
  id: 'feed-arrivals',
  trigger: {
    on: 'data',
    types: EVENT_TYPES.map((type) => type.type),
    min_interval_ms: 2_000,
    deliveries_max: 500_000,
  },
  mart: {
    tables: ['raw_mart_feed_arrivals', 'raw_mart_feeds'],
    hash_file: 'queries/processors/feed-arrivals-hash.sql',
    definition: () => definitionOf([RECOMPUTE, 'migrations/0272_raw_mart_by_time.sql'], ''),
  },
  query: (context) => Promise.resolve({ by_type: rangesByType(context.ranges) }),
  compute: (plan) => plan,
  store: async (plan, context) => {
    for (const { event_type, raw, ranges } of plan.by_type) {
      await context.sql.commandFile(RECOMPUTE, {
        params: { ...rangeParams(ranges), event_type, raw, version: context.version },
      });
    }
  },
});
