import type { SqlClient } from '../../../sql/client.ts';
import type { DealerProfile, DealerRow } from './dealer-rows.ts';

/** Place of a row in the list: 101 less its score (102 without one), and its id. */
export type DealerPosition = readonly [string, string];

export function positionOf({ score, dealer_id }: DealerRow): DealerPosition {
  return [String(score === null ? 102 : 101 - score), dealer_id];
}

type Reference = Omit<DealerProfile, 'score' | 'known_weight' | 'score_reason' | 'parts' | 'supply' | 'gaps'>;
interface ScoreRow {
  readonly score: number | null;
  readonly known_weight: number;
  readonly reason: string;
  readonly part: string;
  readonly value: number | null;
  readonly percentile: number | null;
  readonly weight: number;
}

const SUPPLY_MAX = 50;
const GAPS_MAX = 10;

/** The marts about dealers, read for the HTTP calls. Throws SqlError. */
export class DealerStore {
  readonly #sql: SqlClient;
  readonly #time_zone: string;

  constructor(sql: SqlClient, time_zone: string) {
    this.#sql = sql;
    this.#time_zone = time_zone;
  }

  /** Dealers whose id or name has `find` in it, the best score first. */
  list(find: string, after: DealerPosition | undefined, limit: number): Promise<DealerRow[]> {
    return this.#sql.queryFile('queries/server/dealers.sql', { params: { find, after: after ?? [], limit } });
  }

  /** Undefined where there is no such dealer now. */
  async profile(dealer_id: string): Promise<DealerProfile | undefined> {
    const of = { dealer_id };
    const [[reference], score, supply, gaps] = await Promise.all([
      this.#sql.queryFile<Reference>('queries/server/dealer.sql', { params: of }),
      this.#sql.queryFile<ScoreRow>('queries/server/dealer-score.sql', { params: of }),
      this.#sql.queryFile<DealerProfile['supply'][number]>('queries/server/dealer-supply.sql', {
        params: { ...of, limit: SUPPLY_MAX, time_zone: this.#time_zone },
      }),
      this.#sql.queryFile<DealerProfile['gaps'][number]>('queries/server/dealer-gaps.sql', {
        params: { ...of, limit: GAPS_MAX },
      }),
    ]);
    if (reference === undefined) return undefined;
    const [first] = score;
    return {
      ...reference,
      score: first?.score ?? null,
      known_weight: first?.known_weight ?? null,
      ...(first !== undefined && first.reason !== '' && { score_reason: first.reason }),
      parts: score.map(({ part, value, percentile, weight }) => ({ part, value, percentile, weight })),
      supply,
      gaps,
    };
  }
}
