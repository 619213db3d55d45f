import type { Alert, CaseState } from '../../models/contract/alert.ts';

/** A case as `raw_mart_diversion_cases` has it: what an alert leaves out is "", or null of a time. */
export type CaseColumns = Omit<
  Alert,
  | 'found_dealer_id'
  | 'found_adcode'
  | 'found_territory_id'
  | 'lot'
  | 'assignee'
  | 'reason'
  | 'lapsed_at'
  | 'merged_into'
  | 'member_ids'
> & {
  readonly found_dealer_id: string;
  readonly found_adcode: string;
  readonly found_territory_id: string;
  readonly lot: string;
  readonly assignee: string;
  readonly reason: string;
  readonly lapsed_at: string | null;
  readonly merged_into: string;
  readonly member_ids: string[];
};

/** The last move that people made with a case. */
export interface Move {
  readonly alert_id: string;
  readonly event_time: string;
  readonly to_state: CaseState;
  readonly assignee: string;
  readonly reason: string;
}

/** The row of a case, its fields in the order of the table. */
export function columnsOf(alert: Alert): CaseColumns {
  return {
    alert_id: alert.alert_id,
    state: alert.state,
    severity: alert.severity,
    kinds: alert.kinds,
    confidence: alert.confidence,
    origin_dealer_id: alert.origin_dealer_id,
    found_dealer_id: alert.found_dealer_id ?? '',
    found_adcode: alert.found_adcode ?? '',
    found_territory_id: alert.found_territory_id ?? '',
    sku_id: alert.sku_id,
    lot: alert.lot ?? '',
    units: alert.units,
    value: trimMoney(alert.value),
    currency: alert.currency,
    codes: alert.codes,
    first_event_time: alert.first_event_time,
    last_event_time: alert.last_event_time,
    raised_at: alert.raised_at,
    updated_at: alert.updated_at,
    assignee: alert.assignee ?? '',
    reason: alert.reason ?? '',
    lapsed_at: alert.lapsed_at ?? null,
    merged_into: alert.merged_into ?? '',
    member_ids: alert.member_ids ?? [],
  };
}

/** The case that a row tells of. */
export function storedCase(row: CaseColumns): Alert {
  const {
    found_dealer_id,
    found_adcode,
    found_territory_id,
    lot,
    assignee,
    reason,
    lapsed_at,
    merged_into,
    member_ids,
    ...rest
  } = row;
  return {
    ...rest,
    value: trimMoney(rest.value),
    ...(found_dealer_id === '' ? {} : { found_dealer_id }),
    ...(found_adcode === '' ? {} : { found_adcode }),
    ...(found_territory_id === '' ? {} : { found_territory_id }),
    ...(lot === '' ? {} : { lot }),
    ...(assignee === '' ? {} : { assignee }),
    ...(reason === '' ? {} : { reason }),
    ...(lapsed_at === null ? {} : { lapsed_at }),
    ...(merged_into === '' ? {} : { merged_into }),
    ...(member_ids.length === 0 ? {} : { member_ids }),
  };
}

/** The case as people left it. It changed when they moved it, or when its evidence did, whichever is later. */
export function withMove(alert: Alert, move: Move | undefined): Alert {
  if (move === undefined) return alert;
  const moved: Alert = {
    ...alert,
    state: move.to_state,
    updated_at: move.event_time > alert.updated_at ? move.event_time : alert.updated_at,
  };
  delete moved.assignee;
  delete moved.reason;
  if (move.assignee !== '') moved.assignee = move.assignee;
  if (move.reason !== '') moved.reason = move.reason;
  return moved;
}

/** The case as people grouped it: part of another, or with others that are part of it. */
export function withGroup(
  alert: Alert,
  { merged_into, member_ids }: { readonly merged_into: string; readonly member_ids: readonly string[] },
): Alert {
  const grouped: Alert = { ...alert };
  delete grouped.merged_into;
  delete grouped.member_ids;
  if (merged_into !== '') grouped.merged_into = merged_into;
  if (member_ids.length > 0) grouped.member_ids = [...member_ids];
  return grouped;
}

/** ClickHouse tells a Decimal without trailing zeros: the same amount in one form, with at least two decimals. */
function trimMoney(value: string): string {
  const [whole = '0', fraction = ''] = value.split('.');
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}
