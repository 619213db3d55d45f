import type { EventTypeName } from '../models/contract/registry.ts';
import type { LiveRow, LiveTopic } from '../models/contract/live.ts';
import type { Logger } from '../ingest/program/program.ts';
import type { SqlClient } from '../sql/client.ts';
import type { Settings } from './settings/settings.ts';

/** A stretch of one partition whose deliveries are settled: all in the ledger and in its reading order. */
export interface OffsetRange {
  /** Kafka topic as the ledger has it. */
  readonly topic: string;
  readonly partition: number;
  /** First offset, inclusive. */
  readonly from: number;
  /** First offset after it. */
  readonly to: number;
}

/**
 * What makes a processor run.
 * `data`: new settled deliveries of the named types; it is given their ranges, at most `deliveries_max` in one run (more
 * of a long backlog: `runDeliveriesMax`), and its progress is kept; it never takes in a delivery before those in `behind`
 * have, whose tables it reads. `timer`: time passed; and, where `after` names processors, as soon as one of them has
 * stored something and `min_interval_ms` has passed since its own last run. A timer keeps no progress: it computes from the marts.
 * `caught_up`: not while those have a backlog, for what is half told is told wrongly; an hour at most.
 * `min_interval_ms` counts from the start of a run to that of the next; in a lane whose results somebody waits for it is shorter while runs
 * are (`processors/loop/schedule.ts`).
 */
export type Trigger =
  | {
      readonly on: 'data';
      readonly types: readonly EventTypeName[];
      readonly min_interval_ms: number;
      readonly deliveries_max: number;
      readonly behind?: readonly string[];
    }
  | {
      readonly on: 'timer';
      readonly every_ms: number;
      readonly after: readonly string[];
      readonly min_interval_ms: number;
      readonly caught_up?: boolean;
    };

/**
 * Which processors run one after another. Those of the `live` lane make what the board shows of the last second; those of `cases` lead
 * from a scan to a case, the list of conflicts first; those of `main` keep the other marts and their figures; those of `slow`, all on
 * timers, look at weeks of the whole channel at once. None waits for those of another, whose runs may take longer than its own should.
 */
export const LANES = ['live', 'cases', 'main', 'slow'] as const;
export type Lane = (typeof LANES)[number];

/**
 * The processor that lists conflicting deliveries; marts take in again what it found since they last ran. They stay behind it; those
 * of the live lane do not wait, and run again, also without deliveries, when it has.
 */
export const CONFLICTS = 'conflicts';

/** What a run knows of the world. */
export interface RunContext {
  readonly sql: SqlClient;
  readonly settings: Settings;
  readonly log: Logger;
  /** The loop's clock. */
  readonly now: Date;
  /** What a data processor is to take in; empty for a timer, and where only conflicts are to be taken in again. */
  readonly ranges: readonly OffsetRange[];
  /** Whether it has taken in nothing before: its tables are empty. */
  readonly is_first: boolean;
  /** Higher than that of every earlier run, also across restarts: a stored row replaces those of lower versions. */
  readonly version: number;
  /** Conflicts found later than this (ms since 1970) have not been seen by an earlier run of this processor. */
  readonly conflicts_since_ms: number;
  /** Version of the last run that is known to have ended, where a later one may have been broken off between two tables. */
  readonly broken_off_since?: number;
}

/**
 * All rows that a processor has on one live topic at this moment. The loop publishes what differs from the last time,
 * and deletes what is no longer among them.
 */
export interface LiveSet<T extends LiveTopic = LiveTopic> {
  readonly topic: T;
  /** Event time up to which the rows hold, RFC 3339; null when no data has come. */
  readonly as_of: string | null;
  readonly rows: ReadonlyMap<string, LiveRow<T>>;
}

/** What every computation hands on: rows for the wallboard, if it has any. */
export interface Output {
  readonly live?: readonly LiveSet[];
  /** What it counted, by what that is about: told as a metric. */
  readonly findings?: ReadonlyMap<string, number>;
  /** Resolves when all is stored, where the rows may be published meanwhile. */
  readonly storing?: Promise<void>;
  /** false = nothing was written, so that those that come after it need not run. */
  readonly is_stored?: boolean;
}

/**
 * A processor turns settled events into figures: `query` reads, `compute` is pure, `store` writes.
 * Guarantee: at least once. A run that failed or was killed comes again with the same ranges, so `store` must be
 * idempotent: it replaces whole buckets by functions of the core views. Progress is saved after `store`, and rows are
 * published after that, or beside it where nothing that is published leads to what is stored.
 */
export interface Processor<Input, Result extends Output> {
  readonly id: string;
  /** Default `main`. */
  readonly lane?: Lane;
  readonly trigger: Trigger;
  readonly query: (context: RunContext) => Promise<Input>;
  /** Pure. A promise where it takes long: it then runs in a thread of its own, for in this one all lanes would stand still. */
  readonly compute: (input: Input, context: Pick<RunContext, 'now' | 'settings'>) => Result | Promise<Result>;
  readonly store: (result: Result, context: RunContext) => Promise<void>;
  /** Whether rows may be published while `store` is under way; only on a timer, whose progress nobody keeps. Default: no. */
  readonly publishes_meanwhile?: boolean;
  /** Only where it keeps a table that can be made anew from nothing. */
  readonly mart?: Mart;
}

/** A table that a data processor keeps, as far as a rebuild must know it. */
export interface Mart {
  /** Emptied before a rebuild. */
  readonly tables: readonly string[];
  /** `.sql` file that takes its own rows out of a table that it shares; without it `tables` are emptied whole. */
  readonly empty_file?: string;
  /** `.sql` file that returns one row `{hash: string, rows: number}` over all that the mart says. */
  readonly hash_file: string;
  /** Changes when the mart's definition does: the loop then makes it anew. */
  readonly definition: (settings: Settings) => string;
  /**
   * Fills the emptied tables with all that `context.ranges` hold (and may with more), in so many parts: quicker than taking the
   * ranges in one after another, which is what happens without it and when it fails.
   */
  readonly fill?: (context: RunContext, parts: number) => Promise<void>;
  /** `fill` is asked for a part for so many deliveries. Default: the loop's. */
  readonly fill_part_deliveries?: number;
  /** In the running loop it is filled at once if it lacks so many deliveries at most. Default: the loop's. */
  readonly fill_deliveries_max?: number;
}

/** A processor whose types of input and result are its own affair. */
export interface RunnableProcessor {
  readonly id: string;
  readonly lane: Lane;
  readonly trigger: Trigger;
  readonly mart?: Mart;
  /** One run; rejects when a step failed. */
  readonly run: (context: RunContext) => Promise<Output>;
}

/** Chains the steps of a processor. */
export function defineProcessor<Input, Result extends Output>(
  processor: Processor<Input, Result>,
): RunnableProcessor {
  const run = async (context: RunContext): Promise<Output> => {
    const input = await processor.query(context);
    const result = await processor.compute(input, context);
    const storing = processor.store(result, context);
    if (processor.publishes_meanwhile === true) return { ...result, storing };
    await storing;
    return result;
  };
  return {
    id: processor.id,
    lane: processor.lane ?? 'main',
    trigger: processor.trigger,
    run,
    ...(processor.mart === undefined ? {} : { mart: processor.mart }),
  };
}
