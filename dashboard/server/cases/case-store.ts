import type {
  Alert,
  AlertKind,
  AlertSeverity,
  CaseSort,
  CaseState,
  NamedAlert,
} from '../../../models/contract/alert.ts';
import type { CasePosition } from '../../../models/contract/case-order.ts';

/** Which cases. */
export interface CaseFilter {
  readonly state?: CaseState;
  readonly severity?: AlertSeverity;
  readonly kind?: AlertKind;
  /** Found in this province or prefecture: an adcode. */
  readonly found?: string;
  /** Every word of it is of the case, as `mart_diversion_cases_found` says. Default: none is asked for. */
  readonly find?: string;
  /** Raised at or after. */
  readonly from?: string;
  /** Raised before. */
  readonly to?: string;
  /** Only those that are part of this case. Default: those that are part of none. */
  readonly merged_into?: string;
}

/** A page of them. */
export interface CasePageOf extends CaseFilter {
  /** Default: newest. */
  readonly sort?: CaseSort;
  readonly limit: number;
  readonly after?: CasePosition;
  /** Only those of these ids, whatever they are part of. */
  readonly among?: readonly string[];
  /** Whether the names of dealers and product are told too. */
  readonly names?: boolean;
}

export const CASE_FACETS = ['all', 'state', 'severity', 'kind', 'found'] as const;

/** How many cases there would be if the filter `facet` chose `value` and the others stayed; of `all`, how many there are. */
export interface CaseCount {
  readonly facet: (typeof CASE_FACETS)[number];
  readonly value: string;
  readonly cases: number;
}

/** Where cases are read from. */
export interface CaseStore {
  /** @throws SqlError */
  readonly list: (page: CasePageOf) => Promise<NamedAlert[]>;
  /** As the marts have them: moves of the last seconds may be missing. @throws SqlError */
  readonly counts: (filter: CaseFilter) => Promise<CaseCount[]>;
  /** Cases that are not raised, since surer ones of the same day fill the budget of investigators. @throws SqlError */
  readonly beyondBudget: () => Promise<number>;
  /** @throws SqlError */
  readonly find: (alert_id: string) => Promise<Alert | undefined>;
  /**
   * Whether a case that is not found was withdrawn: it was told, and later data explain what it rested on, or the
   * verdicts on others of its kind have lowered its confidence below what is told.
   * @throws SqlError
   */
  readonly wasWithdrawn: (alert_id: string) => Promise<boolean>;
}
