import { EVENT_TYPES, type EventTypeName } from '../../models/contract/registry.ts';
import type { SqlClient, SqlParams } from '../../sql/client.ts';
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
  lane: 'cases',
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
      if (await idsDiffer(params, context.sql))
        await context.sql.commandFile('queries/processors/conflicts-find.sql', {
          params: { ...params, found_at: new Date(context.version) },
        });
      if (!(await mayBeRetracted(event_type, context.sql))) continue;
      await context.sql.commandFile('queries/processors/conflicts-retracted.sql', {
        params: { ...rangeParams(ranges), raw, found_at: new Date(context.version) },
      });
    }
  },
});

/** Whether any id of these deliveries says different things: mostly none does. */
async function idsDiffer(params: SqlParams, sql: SqlClient): Promise<boolean> {
  const [row] = await sql.queryFile<{ ids: number }>('queries/processors/conflicts-differing.sql', {
    params,
  });
  return row !== undefined && row.ids > 0;
}

/** Whether scans among these deliveries, or by them, may be taken back: mostly nobody has declared an error. */
async function mayBeRetracted(event_type: EventTypeName, sql: SqlClient): Promise<boolean> {
  if (event_type !== 'scan') return event_type === 'scan_retraction';
  const [row] = await sql.queryFile<{ retractions: number }>('queries/processors/conflicts-retractions.sql');
  return row !== undefined && row.retractions > 0;
}
