import type { AuditResult } from '../../../ingest/audit/audit.ts';
import { FINDING_KINDS, countOf, isClean, type FindingKind } from '../../../ingest/audit/report.ts';
import { sumOf } from '../support/audited.ts';
import type { Outcome } from './strikes.ts';

/** Recovery targets, ms: ClickHouse from its port being open, a sink from its kill. */
const CLICKHOUSE_RECOVERY_MS_MAX = 3_000;
const SINK_RECOVERY_MS_MAX = 10_000;
const SINK_RSS_MIB_MAX = 400;

interface Count {
  times: number;
  slowest_ms: number | null;
}

/** Counts what a run did and what its audits found, for the summary at its end. */
export class Tally {
  readonly #seed: number;
  readonly #planned: number;
  readonly #began_ms = Date.now();
  readonly #strikes = new Map<string, Count & { readonly list: 'kill' | 'trouble' }>();
  readonly #found: Record<FindingKind, number> = { lost: 0, doubled: 0, changed: 0, unexplained: 0 };
  #rounds = 0;
  #audits = 0;
  #messages = 0;
  #rows = 0;
  #dead_letters = 0;
  #wrong_copies = 0;
  #missing_events = 0;
  #own_ends: readonly string[] = [];
  #rss_mib = 0;
  #clean = true;
  #isOver = false;

  constructor(seed: number, planned: number) {
    this.#seed = seed;
    this.#planned = planned;
  }

  /** Whether every audit so far was. */
  get cleanSoFar(): boolean {
    return this.#clean;
  }

  /** Whether the run came to its last audit and every audit was clean: one that broke off has shown nothing. */
  get clean(): boolean {
    return this.#isOver && this.#clean;
  }

  get rows(): number {
    return this.#rows;
  }

  round(): void {
    this.#rounds += 1;
  }

  strike(list: 'kill' | 'trouble', kind: string, { recovery_ms }: Outcome): void {
    const count = this.#strikes.get(kind) ?? { list, times: 0, slowest_ms: null };
    count.times += 1;
    if (recovery_ms !== null) count.slowest_ms = Math.max(count.slowest_ms ?? 0, recovery_ms);
    this.#strikes.set(kind, count);
  }

  /** Figures of the worst audit count; `fed` are the different events that Kafka has acknowledged. */
  audit(result: AuditResult, fed: { readonly scans: number; readonly orders: number }): void {
    this.#audits += 1;
    const sum = sumOf(result);
    this.#messages = sum.messages;
    this.#rows = sum.rows;
    this.#dead_letters = sum.dead_letters;
    for (const kind of FINDING_KINDS) {
      this.#found[kind] = Math.max(this.#found[kind], countOf(result.partitions, kind));
    }
    const wrong = result.copies.reduce((total, { findings }) => total + findings.length, 0);
    this.#wrong_copies = Math.max(this.#wrong_copies, wrong);
    const events = result.copies.reduce((total, { copy_rows }) => total + copy_rows, 0);
    const missing = Math.abs(fed.scans + fed.orders - events);
    this.#missing_events = Math.max(this.#missing_events, missing);
    this.#clean &&= isClean(result) && missing === 0;
  }

  /** Sinks that ended though nobody asked them to; what a supervisor is for, told all the same. */
  ownEnds(words: readonly string[]): void {
    this.#own_ends = [...words];
  }

  rss(mib: number): void {
    this.#rss_mib = mib;
  }

  /** The last audit is made. */
  over(): void {
    this.#isOver = true;
  }

  /** The account for people, then the same as one line of JSON. */
  summary(): string {
    const slowest = (pattern: RegExp): number =>
      Math.max(
        0,
        ...[...this.#strikes].map(([kind, { slowest_ms }]) => (pattern.test(kind) ? (slowest_ms ?? 0) : 0)),
      );
    const kills = [...this.#strikes.values()].filter(({ list }) => list === 'kill');
    const figures = {
      seed: this.#seed,
      rounds: this.#rounds,
      kills: kills.reduce((total, { times }) => total + times, 0),
      messages: this.#messages,
      rows: this.#rows,
      dead_letters: this.#dead_letters,
      ...this.#found,
      wrong_in_reading_order: this.#wrong_copies,
      events_missing: this.#missing_events,
      clickhouse_recovery_ms: slowest(/^ClickHouse/),
      sink_recovery_ms: slowest(/^sink/),
      kafka_recovery_ms: slowest(/^Kafka/),
      sink_rss_mib: this.#rss_mib,
      sinks_ended_by_themselves: this.#own_ends.length,
      duration_s: Math.round((Date.now() - this.#began_ms) / 1000),
      clean: this.clean,
    };
    const held = (value: number, max: number): string => (value <= max ? 'held' : 'MISSED');
    const strikes = [...this.#strikes].sort(([a], [b]) => a.localeCompare(b));
    const lines = [
      `rounds            ${figures.rounds} of ${this.#planned}, ${this.#audits} audits, ${figures.duration_s} s, seed ${figures.seed}`,
      ...(['kill', 'trouble'] as const).map((list) => {
        const some = strikes.filter(([, count]) => count.list === list);
        const sum = some.reduce((total, [, { times }]) => total + times, 0);
        const parts = some.map(([kind, { times }]) => `${kind} ${times}`);
        return `${`${list}s`.padEnd(18)}${sum}: ${parts.join(', ')}`;
      }),
      `messages          ${figures.messages}: ${figures.rows} rows, ${figures.dead_letters} dead letters`,
      `lost              ${figures.lost}`,
      `doubled           ${figures.doubled}`,
      `changed           ${figures.changed}`,
      `unexplained       ${figures.unexplained}`,
      `in reading order  ${figures.wrong_in_reading_order} wrong, ${figures.events_missing} events too few or too many`,
      `slowest recovery  ClickHouse ${figures.clickhouse_recovery_ms} ms from its port being open (≤ ${CLICKHOUSE_RECOVERY_MS_MAX}: ${held(figures.clickhouse_recovery_ms, CLICKHOUSE_RECOVERY_MS_MAX)})`,
      `                  sink ${figures.sink_recovery_ms} ms from its kill (≤ ${SINK_RECOVERY_MS_MAX}: ${held(figures.sink_recovery_ms, SINK_RECOVERY_MS_MAX)}), Kafka ${figures.kafka_recovery_ms} ms from its answering`,
      `sink memory       ${figures.sink_rss_mib} MiB at most (≤ ${SINK_RSS_MIB_MAX}: ${held(figures.sink_rss_mib, SINK_RSS_MIB_MAX)})`,
      `ended by itself   ${figures.sinks_ended_by_themselves} sinks`,
      ...this.#own_ends.slice(0, 5).map((words) => `                  ${words.slice(0, 2_000)}`),
      figures.clean ? 'CLEAN' : this.#clean ? 'BROKEN OFF, no fault found until then' : 'NOT CLEAN',
      JSON.stringify(figures),
    ];
    return `${lines.join('\n')}\n`;
  }
}
