import { EVENT_TYPES } from '../../models/contract/registry.ts';
import { CONFLICTS, defineProcessor, type Output } from '../processor.ts';
import { rangeParams } from './bucket-mart.ts';
import { rangesByType, type TypeRanges } from './ranges-by-type.ts';

interface Plan extends Output {
  readonly by_type: readonly TypeRanges[];
}

/**
 * Finds ids that were used for two different events and lists every delivery but those equal to the first, so that the
 * core views leave them out. It stands first in the registry: the marts of the main lane already see what it found, those
 * of the live lane a moment later. The list only grows: a delivery that does not count never counts again, so a re-sent
 * event changes no figure, however often and however late it comes. Scans that their sender declared errors are listed too,
 * whichever of the two came first.
 */
export const conflicts = defineProcessor<Plan, Plan>({
  id: CONFLICTS,
  trigger: {
    on: 'data',
    types: EVENT_TYPES.map((type) => type.type),
    min_interval_ms: 800,
    deliveries_max: 100_000,
  },
  query: (context) => Promise.resolve({ by_type: rangesByType(context.ranges) }),
  compute: (plan) => plan,
  store: async (plan, context) => {
    for (const { event_type, raw, ranges } of plan.by_type) {
      const params = { ...rangeParams(ranges), event_type, raw };
      await context.sql.commandFile('queries/processors/conflicts-ids.sql', { params });
      await context.sql.commandFile('queries/processors/conflicts-find.sql', {
        params: { ...params, found_at: new Date(context.version) },
      });
      if (event_type !== 'scan' && event_type !== 'scan_retraction') continue;
      await context.sql.commandFile('queries/processors/conflicts-retracted.sql', {
        params: { ...rangeParams(ranges), raw, found_at: new Date(context.version) },
      });
    }
  },
});
