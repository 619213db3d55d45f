import type { Alert } from '../../../models/contract/alert.ts';
import type { CaseScan } from '../../../models/contract/case-scan.ts';
import type { SqlClient } from '../../../sql/client.ts';

/** Place of a scan in the order of the list: all rising. */
export interface ScanPosition {
  readonly event_time: string;
  readonly code: string;
  readonly source: string;
  readonly event_id: string;
}

/** A row of `case-scans.sql`: what is not known is "" or null. */
type ScanRow = Readonly<Record<keyof CaseScan, unknown>>;

/** Reads the way that a case's goods went, scan by scan. */
export class CaseScans {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  /** The scans of the codes that the case lists, and of their containers, in order of time. @throws SqlError */
  async list({ codes }: Pick<Alert, 'codes'>, limit: number, after?: ScanPosition): Promise<CaseScan[]> {
    if (codes.length === 0) return [];
    const rows = await this.#sql.queryFile<ScanRow>('queries/server/case-scans.sql', {
      params: {
        codes,
        limit,
        after_time: after?.event_time ?? null,
        after_code: after?.code ?? '',
        after_source: after?.source ?? '',
        after_id: after?.event_id ?? '',
      },
    });
    return rows.map((row) => {
      const known = Object.entries(row).filter(([, value]) => value !== '' && value !== null);
      return Object.fromEntries(known) as CaseScan;
    });
  }
}
