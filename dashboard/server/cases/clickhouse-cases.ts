import { Compile } from 'typebox/compile';
import { Alert } from '../../../models/contract/alert.ts';
import { withMove, type Move } from '../../../processors/cases/case-row.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { CaseFilter, CaseStore } from './case-store.ts';

/** A row of the queries: the contract's alert as JSON text. */
interface CaseRow {
  readonly alert: string;
}

const isAlert = Compile(Alert);

/**
 * Cases as the marts have them, with the moves that the processors have not folded in yet: a move is folded in behind the signals of the
 * cases, which may be minutes behind while a history comes or after programs have died. Else a case that was closed would be open
 * again meanwhile, and could be moved from there.
 */
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
    return await this.#asMoved(rows.map(alertOf));
  }

  async find(alert_id: string): Promise<Alert | undefined> {
    const [row] = await this.#sql.queryFile<CaseRow>('queries/server/alert.sql', { params: { alert_id } });
    const [moved] = await this.#asMoved(row ? [alertOf(row)] : []);
    return moved;
  }

  async wasWithdrawn(alert_id: string): Promise<boolean> {
    const [row] = await this.#sql.queryFile<{ is_withdrawn: boolean }>('queries/server/alert-withdrawn.sql', {
      params: { alert_id },
    });
    return row?.is_withdrawn === true;
  }

  async #asMoved(alerts: readonly Alert[]): Promise<Alert[]> {
    if (alerts.length === 0) return [];
    const rows = await this.#sql.queryFile<Move>('queries/processors/case-moves.sql', {
      params: { alert_ids: alerts.map(({ alert_id }) => alert_id) },
    });
    const moves = new Map(rows.map((move) => [move.alert_id, move]));
    return alerts.map((alert) => withMove(alert, moves.get(alert.alert_id)));
  }
}

/** A case that is not as the contract has it is our own fault: it is answered as such, not passed on. */
function alertOf(row: CaseRow): Alert {
  const alert: unknown = JSON.parse(row.alert);
  if (isAlert.Check(alert)) return alert;
  const [first] = isAlert.Errors(alert);
  throw new Error(`a stored case is not an alert: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}
