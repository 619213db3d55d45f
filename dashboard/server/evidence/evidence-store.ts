import { CASE_MEMBERS_MAX, type Alert } from '../../../models/contract/alert.ts';
import type { ScanRecord } from '../../../models/epcis/document.ts';
import type { SqlClient } from '../../../sql/client.ts';

/** Rows of one file of a pack at most; a pack that was cut says so in its case.json. */
export const EVIDENCE_ROWS_MAX = 20_000;
/** Codes of a case whose scans are told at most. */
const CODES_MAX = 1_000;

/** A row of `evidence-scans.sql`: the scan as sent, and the delivery that brought it. */
export type EvidenceScan = ScanRecord & Readonly<Record<string, string | number | null>>;

/** A row of `evidence-signals.sql`, in so far as it is read here. */
interface EvidenceSignal {
  readonly code: string;
  readonly territory_id: string;
  readonly shipped_at: string | null;
}

/** A row of `evidence-members.sql`, in so far as it is read here. */
interface EvidenceMember {
  readonly sku_id: string;
}

/** All that is known of a case and of those that were merged into it. */
export interface Evidence {
  readonly alert: Alert;
  /** The cases that are part of it, each by itself. */
  readonly members: readonly EvidenceMember[];
  readonly signals: readonly EvidenceSignal[];
  readonly scans: readonly EvidenceScan[];
  /** Versions that held at the shipments. */
  readonly territories: readonly object[];
  /** Versions that held from the first event of the case to its last. */
  readonly prices: readonly object[];
  readonly moves: readonly object[];
  /** Whether more codes, signals or scans exist than are told. */
  readonly is_cut: boolean;
}

/** Reads the evidence of cases from the marts and the truth. Every read is bounded by EVIDENCE_ROWS_MAX. */
export class EvidenceStore {
  readonly #sql: SqlClient;

  constructor(sql: SqlClient) {
    this.#sql = sql;
  }

  /** @throws SqlError */
  async of(alert: Alert): Promise<Evidence> {
    const limit = EVIDENCE_ROWS_MAX + 1;
    const members = await this.#read<EvidenceMember>('evidence-members', {
      alert_id: alert.alert_id,
      limit: CASE_MEMBERS_MAX,
    });
    const signals = await this.#read<EvidenceSignal>('evidence-signals', {
      alert_id: alert.alert_id,
      origin_dealer_id: alert.origin_dealer_id,
      region: alert.found_adcode ?? '',
      sku_id: alert.sku_id,
      lot: alert.lot ?? '',
      limit,
    });
    const all_codes = [...new Set([...alert.codes, ...signals.map(({ code }) => code)])].filter(
      (code) => code !== '',
    );
    const codes = all_codes.slice(0, CODES_MAX);
    const shipments = signals.flatMap(({ shipped_at }) => shipped_at ?? []).sort();
    const [scans, territories, prices, moves] = await Promise.all([
      codes.length === 0 ? [] : this.#read<EvidenceScan>('evidence-scans', { codes, limit }),
      this.#read<object>('evidence-territories', {
        territory_ids: [...new Set(signals.map(({ territory_id }) => territory_id))],
        from: shipments[0] ?? alert.first_event_time,
        to: shipments.at(-1) ?? alert.last_event_time,
      }),
      this.#read<object>('evidence-prices', {
        sku_ids: [...new Set([alert, ...members].map(({ sku_id }) => sku_id))],
        from: alert.first_event_time,
        to: alert.last_event_time,
      }),
      this.#read<object>('evidence-moves', { alert_id: alert.alert_id }),
    ]);
    return {
      alert,
      members,
      signals: signals.slice(0, EVIDENCE_ROWS_MAX),
      scans: scans.slice(0, EVIDENCE_ROWS_MAX),
      territories,
      prices,
      moves,
      is_cut: [signals, scans].some(({ length }) => length === limit) || codes.length < all_codes.length,
    };
  }

  #read<Row>(name: string, params: Record<string, unknown>): Promise<Row[]> {
    return this.#sql.queryFile<Row>(`queries/server/${name}.sql`, { params });
  }
}
