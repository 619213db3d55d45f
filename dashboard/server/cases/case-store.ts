import type { Alert, AlertKind, CaseState } from '../../../models/contract/alert.ts';

/** Which cases, newest first. */
export interface CaseFilter {
  readonly state?: CaseState;
  readonly kind?: AlertKind;
  /** Raised at or after. */
  readonly from?: string;
  /** Raised before. */
  readonly to?: string;
  /** Only those that are part of this case. Default: those that are part of none. */
  readonly merged_into?: string;
  readonly limit: number;
  readonly after?: CasePosition;
}

/** Place of a case in the order of the list: by `raised_at`, then by id, both falling. */
export interface CasePosition {
  readonly raised_at: string;
  readonly alert_id: string;
}

/** Where cases are read from. */
export interface CaseStore {
  /** @throws SqlError */
  readonly list: (filter: CaseFilter) => Promise<Alert[]>;
  /** @throws SqlError */
  readonly find: (alert_id: string) => Promise<Alert | undefined>;
  /**
   * Whether a case that is not found was withdrawn: it was told, and later data explain what it rested on.
   * @throws SqlError
   */
  readonly wasWithdrawn: (alert_id: string) => Promise<boolean>;
}
