import type { GivenPack } from '../../../models/contract/given-pack.ts';
import type { SqlClient } from '../../../sql/client.ts';

/** More of one case are not listed; all stand in `core_evidence_packs`. */
const GIVEN_MAX = 200;

/** Reads who was given which evidence pack. */
export class GivenPacks {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  /** Of a case, the last first. @throws SqlError */
  list(alert_id: string): Promise<GivenPack[]> {
    return this.#sql.queryFile('queries/server/evidence-packs.sql', {
      params: { alert_id, limit: GIVEN_MAX },
    });
  }
}
