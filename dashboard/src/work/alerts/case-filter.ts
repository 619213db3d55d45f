import {
  ALERT_KINDS,
  CASE_STATES,
  type Alert,
  type AlertKind,
  type CaseState,
} from '../../../../models/contract/alert.ts';
import { dayBegins } from '../zoned-day.ts';

/** What the list shows, as its address says (`?state=&kind=&from=&to=`, days of the page's zone, `to` inclusive). */
export interface CaseFilter {
  readonly state?: CaseState;
  readonly kind?: AlertKind;
  readonly from: string;
  readonly to: string;
}

/** Reads the address; what it says wrongly counts as unsaid. */
export function caseFilterOf(search: string): CaseFilter {
  const asked = new URLSearchParams(search);
  const state = CASE_STATES.find((one) => one === asked.get('state'));
  const kind = ALERT_KINDS.find((one) => one === asked.get('kind'));
  const day = (name: string): string => {
    const value = asked.get(name) ?? '';
    return dayBegins(value, 'UTC') === undefined ? '' : value;
  };
  return { ...(state && { state }), ...(kind && { kind }), from: day('from'), to: day('to') };
}

export function isFiltered(filter: CaseFilter): boolean {
  return filter.state !== undefined || filter.kind !== undefined || filter.from !== '' || filter.to !== '';
}

/** The address of the list's first page at the server. */
export function caseListPath(filter: CaseFilter, zone: string, limit: number): string {
  const { raised_from, raised_before } = bounds(filter, zone);
  const query = new URLSearchParams({ limit: String(limit) });
  if (filter.state) query.set('state', filter.state);
  if (filter.kind) query.set('kind', filter.kind);
  if (raised_from !== undefined) query.set('from', raised_from);
  if (raised_before !== undefined) query.set('to', raised_before);
  return `/v1/alerts?${query.toString()}`;
}

/** Whether the list of this filter would hold the case. */
export function fits(alert: Alert, filter: CaseFilter, zone: string): boolean {
  const { raised_from, raised_before } = bounds(filter, zone);
  const raised_ms = Date.parse(alert.raised_at);
  return (
    (filter.state === undefined || alert.state === filter.state) &&
    (filter.kind === undefined || alert.kinds.includes(filter.kind)) &&
    (raised_from === undefined || raised_ms >= Date.parse(raised_from)) &&
    (raised_before === undefined || raised_ms < Date.parse(raised_before))
  );
}

function bounds(filter: CaseFilter, zone: string) {
  return { raised_from: dayBegins(filter.from, zone), raised_before: dayBegins(filter.to, zone, 1) };
}
