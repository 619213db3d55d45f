import { Compile } from 'typebox/compile';
import { Alert } from '../../../models/contract/alert.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { CaseFilter, CaseStore } from './case-store.ts';

/** A row of the queries: the contract's alert as JSON text. */
interface CaseRow {
  readonly alert: string;
}

const isAlert = Compile(Alert);

/** Cases as the marts have them. */
export class ClickHouseCases implements CaseStore {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  async list(filter: CaseFilter): Promise<Alert[]> {
    const rows = await this.#sql.queryFile<CaseRow>('queries/server/alerts.sql', {
      params: {
        merged_into: filter.merged_into ?? '',
        state: filter.state ?? '',
        kind: filter.kind ?? '',
        from: filter.from ?? null,
        to: filter.to ?? null,
        after_raised_at: filter.after?.raised_at ?? null,
        after_alert_id: filter.after?.alert_id ?? '',
        limit: filter.limit,
      },
    });
    return rows.map(alertOf);
  }

  async find(alert_id: string): Promise<Alert | undefined> {
    const [row] = await this.#sql.queryFile<CaseRow>('queries/server/alert.sql', { params: { alert_id } });
    return row && alertOf(row);
  }

  async wasWithdrawn(alert_id: string): Promise<boolean> {
    const [row] = await this.#sql.queryFile<{ is_withdrawn: boolean }>('queries/server/alert-withdrawn.sql', {
      params: { alert_id },
    });
    return row?.is_withdrawn === true;
  }
}

/** A case that is not as the contract has it is our own fault: it is answered as such, not passed on. */
function alertOf(row: CaseRow): Alert {
  const alert: unknown = JSON.parse(row.alert);
  if (isAlert.Check(alert)) return alert;
  const [first] = isAlert.Errors(alert);
  throw new Error(`a stored case is not an alert: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}
