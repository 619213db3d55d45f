import type { EventType } from '../../../models/contract/event-type.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { MaxOffsets } from '../protocol/ports.ts';
import { Together } from './together.ts';

interface Place {
  readonly type: EventType;
  readonly partition: number;
}

/** How far partitions have come in ClickHouse. A member that takes its partitions over asks about all of them at one go. */
export class StoredPositions {
  readonly #sql: SqlClient;
  readonly #together = new Together((places: readonly Place[]) => this.#fetch(places));

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  ask(type: EventType, partition: number): Promise<MaxOffsets> {
    return this.#together.ask({ type, partition });
  }

  async #fetch(places: readonly Place[]): Promise<MaxOffsets[]> {
    const types = [...new Set(places.map(({ type }) => type))];
    const rows = await this.#sql.queryFile<
      MaxOffsets & { readonly topic: string; readonly partition: number }
    >('queries/sink/max-offsets.sql', {
      params: {
        ledgers: `^(${types.map(({ raw_table }) => raw_table).join('|')})$`,
        topics: types.map(({ topic }) => topic),
        partitions: [...new Set(places.map(({ partition }) => partition))],
      },
    });
    return places.map(({ type: { topic }, partition }) => {
      const row = rows.find((one) => one.topic === topic && one.partition === partition);
      if (row === undefined) throw new Error(`ClickHouse did not answer about ${topic}/${partition}`);
      return row;
    });
  }
}
