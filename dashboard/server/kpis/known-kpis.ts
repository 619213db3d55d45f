import type { KnownKpi } from '../../../models/contract/metrics.ts';
import { KPIS } from '../../../processors/figures/kpis/registry.ts';
import type { Settings } from '../../../processors/settings/settings.ts';
import type { SqlClient } from '../../../sql/client.ts';
import { ProblemError } from '../http/problem.ts';

/** Questions being answered or waiting at most; one more is refused with 503 and told when to come again. */
const QUESTIONS_MAX = 4;
const RETRY_AFTER_S = '10';

/**
 * The KPIs as they were known at another time, folded anew out of the ledgers. That takes seconds and gives way to all else:
 * one question is answered after another, one figure after another.
 */
export class KnownKpis {
  readonly #sql: SqlClient;
  readonly #settings: Settings;
  #questions = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param sql a client whose queries give way to others (`is_background`) */
  constructor(sql: SqlClient, settings: Settings) {
    this.#sql = sql;
    this.#settings = settings;
  }

  /** The figures at `as_of` out of what the ledgers held at `known_at`. */
  async ask(as_of: Date, known_at: Date): Promise<KnownKpi[]> {
    if (this.#questions >= QUESTIONS_MAX) {
      const detail = 'other questions about the past are being answered';
      throw new ProblemError(503, { detail }, { 'retry-after': RETRY_AFTER_S });
    }
    this.#questions += 1;
    const answer = this.#last.then(() => this.#answer(as_of, known_at));
    this.#last = answer.catch(() => undefined);
    return answer.finally(() => {
      this.#questions -= 1;
    });
  }

  async #answer(as_of: Date, known_at: Date): Promise<KnownKpi[]> {
    const kpis: KnownKpi[] = [];
    const question = { sql: this.#sql, settings: this.#settings, as_of, known_at };
    for (const kpi of KPIS) kpis.push(await kpi.asKnown(question));
    return kpis;
  }
}
