import { createHash } from 'node:crypto';
import type { EventTypeName } from '../../models/contract/registry.ts';
import { sqlText, tuple, type SqlParams } from '../../sql/client.ts';
import { reloadDictionaries } from './reference-dictionaries.ts';
import {
  CONFLICTS,
  defineProcessor,
  type Lane,
  type OffsetRange,
  type Output,
  type RunContext,
  type RunnableProcessor,
} from '../processor.ts';

/**
 * What does not fit into so much of the server's memory goes over the disk, which takes three times as long. (Aggregating in the order of the
 * table takes 1.5 to 2 times the work and no less memory: rows under FINAL come from all parts at once.)
 */
export const FILL_SETTINGS = {
  max_bytes_before_external_group_by: '0',
  max_bytes_ratio_before_external_group_by: 0.35,
  max_insert_threads: '2',
  // No row of a fill replaces another: looking for such, row by row, costs four times what sorting and writing them does.
  optimize_on_insert: 0,
  // The copies of a mart's rows are written beside each other.
  parallel_view_processing: 1,
} as const;

/** A mart that is kept up to date by computing whole buckets anew. */
export interface BucketMart {
  readonly id: string;
  /** Default `main`. */
  readonly lane?: Lane;
  readonly types: readonly EventTypeName[];
  /** Its storage, emptied before it is made anew: first the mart's own table, then copies of its rows in the order of a time. */
  readonly tables: readonly [string, ...string[]];
  /** What else the rows come of: migrations that laid the storage out anew, and views and functions that the mart's view rests on. */
  readonly storage?: readonly string[];
  /** Table that `<id>-note.sql` fills with the buckets of a run before they are computed: emptied by each run. */
  readonly notes?: string;
  /** Other marts that its view reads, besides the list of conflicts: it takes in nothing before they have. Not in the live lane. */
  readonly behind?: readonly string[];
  readonly min_interval_ms: number;
  /** Deliveries taken in by one run at most: bounds its memory and its time. */
  readonly deliveries_max: number;
  /** What so many deliveries need stays in memory: they are filled in by one statement. Default: the loop's. */
  readonly fill_part_deliveries?: number;
  /** Fills the emptied mart in about so many parts. Default: `<id>-fill.sql`, once a part. */
  readonly fill?: Fill;
}

type Fill = (context: RunContext, parts: number) => Promise<void>;

/**
 * Answer of `<id>-dirty.sql`: how many buckets the new deliveries touch, and the UTC days (YYYY-MM-DD) in which all events of
 * those buckets lie, under the names by which `<id>-recompute.sql` takes them.
 */
interface Dirty {
  readonly buckets: number;
  readonly [days: string]: unknown;
}

/** What a run is about to do; null when the deliveries touch no bucket (all of them repeated or refused). */
interface Plan extends Output {
  readonly buckets: number;
  readonly days: SqlParams | null;
}

/**
 * A processor that keeps a mart by four files in `sql/queries/processors/`: `<id>-dirty.sql` finds the buckets that new
 * deliveries touch, `<id>-recompute.sql` computes those buckets wholly and replaces them (rows that a bucket no longer has
 * are marked deleted), `<id>-fill.sql` fills the emptied mart, `<id>-hash.sql` sums up all that it says. The function from
 * the core views to the mart's rows is the view in `sql/mart/<id>-as-known.sql`, which also tells what the mart would say of
 * what was known at another time.
 *
 * Guarantee: the mart is a function of the core views, whatever the order of arrival, however often a delivery comes and
 * however late: a late or corrected event makes its bucket dirty like any other. A run that comes again changes nothing.
 * Copies of its rows in the order of a time follow each insert by a view of ClickHouse; one that was broken off between the two is put
 * right by `<id>-mend.sql` and `<id>-mend-copy.sql` before the next.
 */
export function bucketMart(mart: BucketMart): RunnableProcessor {
  const file = (step: string): string => `queries/processors/${mart.id}-${step}.sql`;
  return defineProcessor<Dirty | undefined, Plan>({
    id: mart.id,
    lane: mart.lane ?? 'main',
    trigger: {
      on: 'data',
      types: mart.types,
      min_interval_ms: mart.min_interval_ms,
      deliveries_max: mart.deliveries_max,
      ...(mart.lane === 'live' ? {} : { behind: [CONFLICTS, ...(mart.behind ?? [])] }),
    },
    mart: {
      fill: async (context, parts) => {
        await reloadDictionaries(context, mart.types);
        await (mart.fill ?? fillInParts(file('fill')))(context, parts);
      },
      tables: mart.tables,
      ...(mart.fill_part_deliveries === undefined ? {} : { fill_part_deliveries: mart.fill_part_deliveries }),
      hash_file: file('hash'),
      definition: ({ time_zone }) =>
        definitionOf(
          [
            file('dirty'),
            ...(mart.notes === undefined ? [] : [file('note')]),
            file('recompute'),
            `mart/${mart.id}-as-known.sql`,
            ...(mart.storage ?? []),
          ],
          time_zone,
        ),
    },
    query: async (context) => {
      await mendCopies(mart, file('mend'), file('mend-copy'), context);
      await reloadDictionaries(context, mart.types);
      const [dirty] = await context.sql.queryFile<Dirty>(file('dirty'), { params: runParams(context) });
      return dirty;
    },
    compute: (dirty) => planOf(dirty),
    store: async (plan, context) => {
      if (plan.days === null) return;
      if (mart.notes !== undefined) {
        await context.sql.commandFile('queries/processors/empty-table.sql', {
          params: { table: mart.notes },
        });
        await context.sql.commandFile(file('note'), {
          params: { ...runParams(context), version: context.version },
        });
      }
      await context.sql.commandFile(file('recompute'), {
        params: { ...runParams(context), ...plan.days, version: context.version },
        // One stream, so that a bucket's end and its new rows become visible in one step (up to a million rows).
        settings: { max_insert_threads: '1' },
      });
    },
  });
}

/** The mart's view tells all of it at once: an emptied mart needs no search for what is dirty, and no end of former rows. */
function fillInParts(file: string): Fill {
  return async ({ sql, version }, parts) => {
    for (let part = 0; part < parts; part += 1)
      await sql.commandFile(file, { params: { version, parts, part }, settings: FILL_SETTINGS });
  };
}

/**
 * What a broken-off run has written into the mart or into a copy only: the mart's rows are written once more, which the copies follow,
 * and the copies' other rows of the same buckets end. Until then a copy may hold a row that the mart has ended.
 */
async function mendCopies(
  { tables: [, ...copies] }: BucketMart,
  file: string,
  copy_file: string,
  { sql, broken_off_since, version }: RunContext,
): Promise<void> {
  if (broken_off_since === undefined) return;
  for (const copy of copies) {
    // Older than what the run itself is going to write.
    const params = { copy, since: broken_off_since, version: version - 1 };
    const settings = { max_insert_threads: '1' };
    await sql.commandFile(file, { params, settings });
    await sql.commandFile(copy_file, { params, settings });
  }
}

function planOf(dirty: Dirty | undefined): Plan {
  if (dirty === undefined || dirty.buckets === 0) return { buckets: 0, days: null };
  const { buckets, ...days } = dirty;
  return { buckets, days };
}

/** Parameters of the steps of a data processor: its ranges as parallel arrays, and where conflicts found since its last run begin. */
export function runParams(
  context: Pick<RunContext, 'ranges' | 'conflicts_since_ms'> & {
    readonly settings: Pick<RunContext['settings'], 'time_zone'>;
  },
): SqlParams {
  return {
    ...rangeParams(context.ranges),
    conflicts_since: new Date(context.conflicts_since_ms),
    time_zone: context.settings.time_zone,
  };
}

/** Offset ranges as `raw_deliveries` and `raw_deliveries_of_run` take them. */
export function rangeParams(ranges: readonly OffsetRange[]): SqlParams {
  return { ranges: ranges.map(({ topic, partition, from, to }) => tuple(topic, partition, from, to)) };
}

/** A short hash of all that a mart's rows depend on besides the events: the texts of its `.sql` files, and settings. */
export function definitionOf(files: readonly string[], depends_on: string): string {
  return createHash('sha256')
    .update([...files.map(sqlText), depends_on].join('\u0000'))
    .digest('hex')
    .slice(0, 16);
}
