import { Compile } from 'typebox/compile';
import { Alert, type NamedAlert } from '../../../models/contract/alert.ts';
import { withMove, type Move } from '../../../processors/cases/case-row.ts';
import type { SqlClient } from '../../../sql/client.ts';
import type { CaseCount, CaseFilter, CasePageOf, CaseStore } from './case-store.ts';

/** A row of the queries: the contract's alert as JSON text. */
interface CaseRow {
  readonly alert: string;
}

/** The same of a list, with names; "" = not known. */
type ListedRow = CaseRow & Readonly<Record<keyof Names, string>>;
type Names = Omit<NamedAlert, keyof Alert>;

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

  async list({
    sort = 'newest',
    limit,
    after,
    among = [],
    names,
    ...filter
  }: CasePageOf): Promise<NamedAlert[]> {
    const rows = await this.#sql.queryFile<ListedRow>('queries/server/alerts.sql', {
      params: {
        ...paramsOf(filter),
        sort,
        among,
        after_place: after?.place.toString() ?? '',
        after_alert_id: after?.alert_id ?? '',
        limit,
      },
    });
    const alerts = await this.#asMoved(rows.map(alertOf));
    return names === true ? alerts.map((alert, at) => ({ ...alert, ...namesOf(rows[at]) })) : alerts;
  }

  counts(filter: CaseFilter): Promise<CaseCount[]> {
    return this.#sql.queryFile('queries/server/alert-counts.sql', { params: paramsOf(filter) });
  }

  async beyondBudget(): Promise<number> {
    const [row] = await this.#sql.queryFile<{ cases: number }>('queries/server/cases-beyond-budget.sql');
    return row?.cases ?? 0;
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

/** What the filter says, as the statements take it. */
function paramsOf({ merged_into, state, severity, kind, found, find, from, to }: CaseFilter) {
  return {
    merged_into: merged_into ?? '',
    state: state ?? '',
    severity: severity ?? '',
    kind: kind ?? '',
    // Two digits hold a province, four a prefecture.
    found: found?.replace(/(00){1,2}$/, '') ?? '',
    // As the statement parts words; people also write the space of Chinese.
    find: find?.trim().replaceAll(/\s+/gu, ' ') ?? '',
    from: from ?? null,
    to: to ?? null,
  };
}

/** Names that are known. */
function namesOf(row: ListedRow | undefined): Names {
  const { origin_dealer_name = '', origin_adcode = '', found_dealer_name = '', sku_name = '' } = row ?? {};
  return {
    ...(origin_dealer_name !== '' && { origin_dealer_name }),
    ...(origin_adcode !== '' && { origin_adcode }),
    ...(found_dealer_name !== '' && { found_dealer_name }),
    ...(sku_name !== '' && { sku_name }),
  };
}

/** A case that is not as the contract has it is our own fault: it is answered as such, not passed on. */
function alertOf(row: CaseRow): Alert {
  const alert: unknown = JSON.parse(row.alert);
  if (isAlert.Check(alert)) return alert;
  const [first] = isAlert.Errors(alert);
  throw new Error(`a stored case is not an alert: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}
