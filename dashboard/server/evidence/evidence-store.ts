import { CASE_MEMBERS_MAX, type Alert } from '../../../models/contract/alert.ts';
import type { ConfidenceAccount } from '../../../models/diversion/confidence.ts';
import { regionOf } from '../../../models/diversion/regions.ts';
import type { ScanRecord } from '../../../models/epcis/document.ts';
import type { MultiPolygon } from '../../../models/geo/position.ts';
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
  readonly origin_dealer_id: string;
  readonly found_dealer_id: string;
}

/** A row of `evidence-territories.sql`, in so far as it is read here. */
interface EvidenceTerritory {
  readonly adcodes: readonly string[];
}

/** A prefecture with its outline: polygons of rings of [lon, lat], WGS84 degrees. */
export interface Outline {
  readonly adcode: string;
  readonly name: string;
  readonly province_name: string;
  readonly multipolygon: MultiPolygon;
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
  /** Scans of its codes that their sender took back. */
  readonly retracted: readonly object[];
  /** Versions that held from the first scan of its codes to the last. */
  readonly dealers: readonly object[];
  readonly products: readonly object[];
  /** Versions that held at the shipments. */
  readonly territories: readonly object[];
  /** Of the prefectures that these territories name, and in which its codes were found. */
  readonly outlines: readonly Outline[];
  /** Versions that held from the first event of the case to its last. */
  readonly prices: readonly object[];
  readonly moves: readonly object[];
  /** What the case's confidence is made of; null where it was computed before that was kept. */
  readonly account: ConfidenceAccount | null;
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
      region: regionOf({
        found_adcode: alert.found_adcode ?? '',
        found_territory_id: alert.found_territory_id ?? '',
      }),
      sku_id: alert.sku_id,
      lot: alert.lot ?? '',
      limit,
    });
    const all_codes = [...new Set([...alert.codes, ...signals.map(({ code }) => code)])].filter(
      (code) => code !== '',
    );
    const codes = all_codes.slice(0, CODES_MAX);
    const shipments = signals.flatMap(({ shipped_at }) => shipped_at ?? []).sort();
    const sku_ids = [...new Set([alert, ...members].map(({ sku_id }) => sku_id))];
    const [scans, retracted, territories, prices, moves, accounts] = await Promise.all([
      codes.length === 0 ? [] : this.#read<EvidenceScan>('evidence-scans', { codes, limit }),
      codes.length === 0 ? [] : this.#read<object>('evidence-retracted', { codes, limit }),
      this.#read<EvidenceTerritory>('evidence-territories', {
        territory_ids: [...new Set(signals.map(({ territory_id }) => territory_id))],
        from: shipments[0] ?? alert.first_event_time,
        to: shipments.at(-1) ?? alert.last_event_time,
      }),
      this.#read<object>('evidence-prices', {
        sku_ids,
        from: alert.first_event_time,
        to: alert.last_event_time,
      }),
      this.#read<object>('evidence-moves', { alert_id: alert.alert_id }),
      this.#read<{ account: string }>('evidence-account', {
        alert_id: alert.alert_id,
        confidence: alert.confidence,
      }),
    ]);
    const times = [
      alert.first_event_time,
      alert.last_event_time,
      ...scans.map((scan) => scan.event_time),
    ].sort();
    const held = { from: times[0], to: times.at(-1) };
    const [dealers, products, outlines] = await Promise.all([
      this.#read<object>('evidence-dealers', { dealer_ids: dealersOf(alert, signals, scans), ...held }),
      this.#read<object>('evidence-products', { sku_ids, ...held }),
      this.#read<Outline>('evidence-outlines', {
        adcodes: [...new Set(territories.flatMap(({ adcodes }) => adcodes))],
        found_adcodes: [
          ...new Set([alert.found_adcode ?? '', ...scans.map(({ found_adcode }) => found_adcode)]),
        ],
      }),
    ]);
    return {
      alert,
      members,
      signals: signals.slice(0, EVIDENCE_ROWS_MAX),
      scans: scans.slice(0, EVIDENCE_ROWS_MAX),
      retracted: retracted.slice(0, EVIDENCE_ROWS_MAX),
      dealers,
      products,
      territories,
      outlines,
      prices,
      moves,
      account: accounts[0] === undefined ? null : (JSON.parse(accounts[0].account) as ConfidenceAccount),
      is_cut:
        [signals, scans, retracted].some(({ length }) => length === limit) || codes.length < all_codes.length,
    };
  }

  #read<Row>(name: string, params: Record<string, unknown>): Promise<Row[]> {
    return this.#sql.queryFile<Row>(`queries/server/${name}.sql`, { params });
  }
}

/** Everybody who had the goods, sent them or was to have them. */
function dealersOf(
  alert: Alert,
  signals: readonly EvidenceSignal[],
  scans: readonly EvidenceScan[],
): string[] {
  const named = [
    alert.origin_dealer_id,
    alert.found_dealer_id ?? '',
    ...signals.flatMap(({ origin_dealer_id, found_dealer_id }) => [origin_dealer_id, found_dealer_id]),
    ...scans.flatMap(({ dealer_id, to_dealer_id }) => [dealer_id, to_dealer_id]),
  ];
  return [...new Set(named)].filter((dealer_id) => dealer_id !== '');
}
