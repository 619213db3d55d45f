import { setTimeout as delay } from 'node:timers/promises';
import type { SqlClient } from '../../../sql/client.ts';

const POLL_MS = 20;

/** How far each partition of a topic is stored, asked so that the answer costs little however long the ledger is. */
export class Progress {
  readonly #sql: SqlClient;
  readonly #table: string;
  readonly #topic: string;
  readonly #last: number[];

  constructor(sql: SqlClient, table: string, topic: string, partitions: number) {
    this.#sql = sql;
    this.#table = table;
    this.#topic = topic;
    this.#last = Array<number>(partitions).fill(-1);
  }

  /** The highest stored offset of each partition; −1 = none. Throws while ClickHouse is away. */
  async read(): Promise<readonly number[]> {
    // Only what lies beyond what is known already.
    const beyond = this.#last.map((last, partition) => `(_partition = ${partition} AND _offset > ${last})`);
    const rows = await this.#sql.query<{ partition: number; last: number }>(
      `SELECT _partition AS partition, max(_offset) AS last FROM {table: Identifier}
       WHERE _topic = {topic: String} AND (${beyond.join(' OR ')}) GROUP BY partition`,
      { params: { table: this.#table, topic: this.#topic } },
    );
    for (const { partition, last } of rows) this.#last[partition] = last;
    return [...this.#last];
  }

  /** The last answer of `read`. */
  get known(): readonly number[] {
    return [...this.#last];
  }

  /** Waits until `holds`; while ClickHouse is away it goes on waiting. @throws Error when time is up. */
  async until(what: string, holds: (last: readonly number[]) => boolean, within_ms: number): Promise<void> {
    const until = Date.now() + within_ms;
    let seen = 'nothing';
    while (Date.now() < until) {
      try {
        const last = await this.read();
        if (holds(last)) return;
        seen = `stored up to ${last.join(', ')}`;
      } catch (error) {
        seen = String(error);
      }
      await delay(POLL_MS);
    }
    throw new Error(`waited ${within_ms} ms in vain for ${what}; last seen: ${seen}`);
  }
}
