import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../ingest/program/caught.ts';
import type { Readiness } from '../../ingest/program/health.ts';
import type { Logger } from '../../ingest/program/program.ts';
import type { SqlClient } from '../../sql/client.ts';
import {
  CONFLICTS,
  LANES,
  type Lane,
  type Mart,
  type OffsetRange,
  type RunnableProcessor,
} from '../processor.ts';
import type { Settings } from '../settings/settings.ts';
import { emptyMart } from './empty-mart.ts';
import type { LoopMetrics } from './metrics.ts';
import { lagOf, notBeyond, pendingRanges, runDeliveriesMax, topicsOf, type Offsets } from './offsets.ts';
import type { Progress } from './progress.ts';
import type { Publisher } from './publisher.ts';
import {
  hasCaughtUp,
  isDue,
  markSeen,
  standingOf,
  URGENT_LANES,
  waitsForBacklog,
  type Standing,
} from './schedule.ts';
import type { Settled } from './settled.ts';

export interface LoopOptions {
  readonly processors: readonly RunnableProcessor[];
  readonly sql: SqlClient;
  /** What the slow lane's runs read and write by: they give way to the other lanes', and to the sink's. Default: `sql`. */
  readonly background_sql?: SqlClient;
  readonly settings: Settings;
  readonly settled: Settled;
  readonly progress: Progress;
  readonly publisher: Publisher;
  readonly metrics: LoopMetrics;
  readonly log: Logger;
  /** The clock that "today" and ages are told by. Default: the system's. */
  readonly clock?: () => Date;
  /** An emptied mart is filled at once if it lacks so many deliveries at most; else by ranges. Default: as the mart says, or 10,000,000. */
  readonly fill_deliveries_max?: number;
  /** Pause between two passes, ms, but of a lane whose results are awaited. Default 250. */
  readonly pause_ms?: number;
}

/** A processor that failed so often in a row makes the program not ready. */
const FAILURES_UNREADY = 3;
const PAUSE_MS = 250;
/** Urgent lanes look for news sooner while there are any. */
const URGENT_PAUSE_MS = 40;
/** Without news for so long they look as seldom as the others. */
const URGENT_IDLE_MS = 5_000;
/** An insert costs as much as one of the live lane's queries: how far it has come is written so often. */
const LIVE_PROGRESS_EVERY_MS = 1_000;
/** So many are filled in by one statement: a minute's work on two busy cores, for which the lane's others wait. */
const FILL_DELIVERIES = 10_000_000;
/** A run of `conflicts` may have been under way when the process ended: what it found is looked for this far back. */
const CONFLICTS_RUN_MS_MAX = 600_000;

/**
 * Runs the processors of a lane one after another in the order of the registry, pass after pass, so that a figure sees
 * the marts that the same pass has brought up to date; the lanes run beside each other. A failing processor is contained:
 * its error is logged and counted, it comes again with a growing wait, and the others go on. One pass does bounded work:
 * a data processor takes in at most what `runDeliveriesMax` allows, an emptied mart at most `fill_deliveries_max`.
 */
export class ProcessorLoop {
  readonly #options: LoopOptions;
  readonly #standings: ReadonlyMap<string, Standing>;
  readonly #clock: () => Date;
  readonly #began_ms = performance.now();
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #settled: Offsets = new Map();
  #settled_error: string | null = 'the first pass has not ended';

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => new Date());
    this.#standings = new Map(options.processors.map((one) => [one.id, standingOf(one)]));
    if (this.#standings.size !== options.processors.length) throw new Error('two processors have one id');
  }

  /** Begins passing until `stop`. */
  start(): void {
    this.#running = Promise.all(LANES.map((lane) => this.#passUntilStopped(lane))).then(() => undefined);
  }

  /** Lets the run that is under way end; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    await this.#options.progress.flush();
  }

  /** Ready when offsets can be read and no processor keeps failing. */
  readiness(): Readiness {
    const reasons = [...this.#standings.values()]
      .filter((one) => one.failures >= FAILURES_UNREADY)
      .map((one) => `${one.processor.id}: ${one.last_error ?? 'failed'}`);
    if (this.#settled_error !== null) reasons.unshift(`settled offsets: ${this.#settled_error}`);
    return reasons.length === 0 ? { ready: true } : { ready: false, reason: reasons.join('; ') };
  }

  /** Why the processor's last run failed; null when it did not. */
  failureOf(id: string): string | null {
    return this.#standings.get(id)?.last_error ?? null;
  }

  /** Whether these data processors have taken in all that is settled, but for what comes between two passes. */
  hasCaughtUp(ids: readonly string[]): boolean {
    if (this.#settled_error !== null) return false;
    return ids.every((id) => hasCaughtUp(this.#takenBy(id), this.#backlogOf(id)));
  }

  /** One pass over all processors, or over those that are due, of all lanes or of one. Returns how many have run. */
  async pass(which: 'due' | 'all' = 'due', lane?: Lane): Promise<number> {
    const standings = [...this.#standings.values()].filter(
      ({ processor }) => lane === undefined || processor.lane === lane,
    );
    // A lane of timers need not know how far the sink has come.
    if (lane === undefined || standings.some(({ processor }) => processor.trigger.on === 'data'))
      await this.#readSettled();
    let ran = 0;
    for (const standing of standings) {
      if (this.#stopped.signal.aborted) break;
      const now_ms = performance.now();
      const is_due =
        which === 'all' ||
        (isDue(standing, this.#standings, now_ms) &&
          !waitsForBacklog(standing, (id) => this.#backlogOf(id), now_ms - this.#began_ms, now_ms));
      if (is_due && (await this.#runContained(standing))) ran += 1;
    }
    return ran;
  }

  /** Passes, without waiting, until every data processor has taken in all that is settled; a failing one is not waited for. */
  async catchUp(): Promise<void> {
    do await this.pass('all');
    while (this.#backlog() > 0);
  }

  async #passUntilStopped(lane: Lane): Promise<void> {
    const { pause_ms = PAUSE_MS } = this.#options;
    let news_ms = -Infinity;
    while (!this.#stopped.signal.aborted) {
      const ran = await this.pass('due', lane);
      const now_ms = performance.now();
      if (ran > 0) news_ms = now_ms;
      const is_awaited = URGENT_LANES.has(lane) && now_ms - news_ms < URGENT_IDLE_MS;
      const wait_ms = is_awaited ? URGENT_PAUSE_MS : pause_ms;
      await delay(wait_ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  /** Without them data processors stand still and timers go on; /readyz says so. */
  async #readSettled(): Promise<void> {
    try {
      this.#settled = await this.#options.settled();
      this.#settled_error = null;
    } catch (error) {
      if (this.#settled_error === null)
        this.#options.log.error({ err: error }, 'cannot read settled offsets');
      this.#settled_error = messageOf(error);
      this.#settled = new Map();
    }
  }

  async #runContained(standing: Standing): Promise<boolean> {
    const { processor } = standing;
    try {
      if (this.#waitsToBeRenewed(processor)) return false;
      const is_filled = await this.#renewDefinition(standing);
      standing.is_current = true;
      const ranges = this.#rangesFor(processor);
      const has_news = ranges.length > 0 || this.#hasConflictsToSee(standing);
      if (processor.trigger.on === 'data' && !has_news) return is_filled;
      standing.last_run_ms = performance.now();
      markSeen(standing, this.#standings);
      await this.#run(standing, ranges, this.#clock());
      standing.last_took_ms = performance.now() - standing.last_run_ms;
      if (standing.failures > 0) this.#options.log.info({ processor: processor.id }, 'processor works again');
      standing.failures = 0;
      standing.last_error = null;
    } catch (error) {
      standing.last_run_ms = performance.now();
      standing.is_whole = false;
      standing.failures += 1;
      standing.last_error = messageOf(error);
      this.#options.metrics.failures.inc({ processor: processor.id });
      this.#options.log.error(
        { err: error, processor: processor.id, failures: standing.failures },
        'processor failed',
      );
    }
    return true;
  }

  async #run(standing: Standing, ranges: readonly OffsetRange[], now: Date): Promise<void> {
    const { processor } = standing;
    const { settings, progress, publisher, metrics, log } = this.#options;
    const labels = { processor: processor.id };
    const stopTimer = metrics.runSeconds.startTimer(labels);
    const version = progress.nextVersion();
    const conflicts_since_ms = this.#conflictsSince(standing);
    const conflicts_version = progress.version(CONFLICTS);
    const output = await processor.run({
      sql: this.#sqlOf(processor),
      settings,
      log,
      now,
      ranges,
      is_first: progress.offsets(processor.id).size === 0,
      version,
      conflicts_since_ms,
      // An earlier process, or a run that failed, may have left something half written.
      ...(standing.is_whole ? {} : { broken_off_since: progress.version(processor.id) }),
    });
    standing.is_whole = true;
    if (processor.trigger.on === 'data') {
      const every_ms = processor.lane === 'live' ? LIVE_PROGRESS_EVERY_MS : 0;
      await progress.save(processor.id, ranges, version, every_ms);
    }
    standing.conflicts_version = conflicts_version;
    if (output.is_stored !== false) standing.stored += 1;
    const publish = async (): Promise<void> => {
      for (const set of output.live ?? []) {
        metrics.ops.inc(labels, await publisher.publish(processor.id, set, version));
      }
    };
    await Promise.all([publish(), output.storing]);
    for (const [about, count] of output.findings ?? []) metrics.findings.set({ ...labels, about }, count);
    stopTimer();
    metrics.lastSuccess.set(labels, Date.now() / 1000);
    if (processor.trigger.on === 'data') metrics.lag.set(labels, this.#lag(processor));
  }

  /** A conflict that was found by a run of `conflicts` which ended before this one's last run began has been seen by that. */
  #conflictsSince({ processor, conflicts_version }: Standing): number {
    if (conflicts_version !== null) return conflicts_version;
    return Math.max(0, this.#options.progress.version(processor.id) - CONFLICTS_RUN_MS_MAX);
  }

  /** Whether `conflicts` has run since a processor that does not stay behind it last began. */
  #hasConflictsToSee({ processor, conflicts_version }: Standing): boolean {
    return processor.lane === 'live' && this.#options.progress.version(CONFLICTS) > (conflicts_version ?? 0);
  }

  /** A mart is not made anew before those that it stays behind have begun: filled at once it would hold nothing of theirs, and come by ranges. */
  #waitsToBeRenewed({ id, mart, trigger }: RunnableProcessor): boolean {
    const { progress, settings } = this.#options;
    if (mart === undefined || trigger.on !== 'data' || progress.definition(id) === mart.definition(settings))
      return false;
    return (trigger.behind ?? []).some(
      (leader) => this.#takenBy(leader) === 0 && this.#backlogOf(leader) > 0,
    );
  }

  /** A mart whose definition changed since it was stored is made anew: emptied, and filled. Whether it was. */
  async #renewDefinition(standing: Standing): Promise<boolean> {
    const { processor } = standing;
    const { mart } = processor;
    if (mart === undefined) return false;
    const { progress, settings, sql, log } = this.#options;
    const known = progress.definition(processor.id);
    const definition = mart.definition(settings);
    if (known === definition) return false;
    if (known !== null) log.warn({ processor: processor.id }, 'definition changed: the mart is made anew');
    await emptyMart(sql, processor);
    await progress.reset(processor.id, definition);
    return this.#fill(standing, mart);
  }

  /** Takes in all that an emptied mart may at once. Should it fail, nothing counts as taken in, and the ranges come in turn. */
  async #fill(standing: Standing, mart: Mart): Promise<boolean> {
    const { processor } = standing;
    const { progress, settings, log, metrics } = this.#options;
    const deliveries = this.#lag(processor);
    const most = this.#options.fill_deliveries_max ?? mart.fill_deliveries_max ?? FILL_DELIVERIES;
    if (mart.fill === undefined || deliveries === 0 || deliveries > most) return false;
    const topics = topicsOf(processor);
    const ranges = pendingRanges(topics, this.#reachOf(processor), new Map(), deliveries);
    const labels = { processor: processor.id };
    const stopTimer = metrics.runSeconds.startTimer(labels);
    const version = progress.nextVersion();
    const conflicts_version = progress.version(CONFLICTS);
    const context = { sql: this.#sqlOf(processor), settings, log, now: this.#clock(), version };
    const parts = Math.ceil(deliveries / (mart.fill_part_deliveries ?? FILL_DELIVERIES));
    await mart.fill({ ...context, ranges, is_first: true, conflicts_since_ms: 0 }, parts);
    await progress.save(processor.id, ranges, version);
    standing.conflicts_version = conflicts_version;
    standing.stored += 1;
    stopTimer();
    metrics.lag.set(labels, this.#lag(processor));
    return true;
  }

  #sqlOf({ lane }: RunnableProcessor): SqlClient {
    const { sql, background_sql } = this.#options;
    return lane === 'slow' ? (background_sql ?? sql) : sql;
  }

  #rangesFor(processor: RunnableProcessor): OffsetRange[] {
    const { trigger } = processor;
    if (trigger.on !== 'data') return [];
    const done = this.#options.progress.offsets(processor.id);
    const deliveries_max = runDeliveriesMax(this.#lag(processor), trigger.deliveries_max);
    return pendingRanges(topicsOf(processor), this.#reachOf(processor), done, deliveries_max);
  }

  /** How far a processor may go now. */
  #reachOf({ trigger }: RunnableProcessor): Offsets {
    if (trigger.on !== 'data') return this.#settled;
    const leaders = (trigger.behind ?? []).flatMap((id) => this.#standings.get(id)?.processor ?? []);
    return leaders.reduce(
      (reach, leader) => notBeyond(reach, this.#options.progress.offsets(leader.id), topicsOf(leader)),
      this.#settled,
    );
  }

  #lag(processor: RunnableProcessor): number {
    return lagOf(topicsOf(processor), this.#reachOf(processor), this.#options.progress.offsets(processor.id));
  }

  /** Deliveries that are settled and that a processor has not taken in, also where others must go before it. */
  #backlogOf(id: string): number {
    const processor = this.#standings.get(id)?.processor;
    if (processor === undefined) return 0;
    return lagOf(topicsOf(processor), this.#settled, this.#options.progress.offsets(id));
  }

  /** Deliveries that a processor has taken in. */
  #takenBy(id: string): number {
    const processor = this.#standings.get(id)?.processor;
    if (processor === undefined) return 0;
    return lagOf(topicsOf(processor), this.#options.progress.offsets(id), new Map());
  }

  #backlog(): number {
    return [...this.#standings.values()]
      .filter((one) => one.failures === 0)
      .reduce((sum, one) => sum + this.#lag(one.processor), 0);
  }
}
