import type { AlertKind } from '../../../models/contract/alert.ts';
import type { CaseResponse } from '../../../models/contract/case-response.ts';
import type { SqlClient } from '../../../sql/client.ts';

/** A row of `case-response.sql`. */
interface Row extends Pick<CaseResponse, 'alerts_per_day' | 'mttd_h' | 'mttr_h' | 'precision'> {
  /** "" = of every kind. */
  readonly of_kind: AlertKind | '';
  readonly raised_cases: number;
  readonly closed_cases: number;
  readonly confirmed_cases: number;
  readonly reason: string;
}

/** Reads how fast cases are detected and resolved. */
export class CaseResponses {
  readonly #sql: SqlClient;
  readonly #time_zone: string;

  constructor(sql: SqlClient, time_zone: string) {
    this.#sql = sql;
    this.#time_zone = time_zone;
  }

  /** Of the last days, today among them: first of all cases, then by kind. @throws SqlError */
  async list(days: number): Promise<CaseResponse[]> {
    const rows = await this.#sql.queryFile<Row>('queries/server/case-response.sql', {
      params: { days, time_zone: this.#time_zone },
    });
    return rows.map(({ of_kind, raised_cases, closed_cases, confirmed_cases, reason, ...figures }) => ({
      ...(of_kind !== '' && { kind: of_kind }),
      raised: raised_cases,
      closed: closed_cases,
      confirmed: confirmed_cases,
      ...figures,
      ...(reason !== '' && { reason }),
    }));
  }
}
