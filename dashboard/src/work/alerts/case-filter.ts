import {
  ALERT_KINDS,
  ALERT_SEVERITIES,
  CASE_SORTS,
  CASE_STATES,
  type Alert,
  type AlertKind,
  type AlertSeverity,
  type CaseSort,
  type CaseState,
} from '../../../../models/contract/alert.ts';
import { isAdcode } from '../../../../models/geo/adcode.ts';
import { dayBegins } from '../zoned-day.ts';

/**
 * What the list shows, as its address says (`?find=&state=&severity=&kind=&found=&from=&to=&sort=`, days of the page's zone, `to`
 * inclusive).
 */
export interface CaseFilter {
  /** Words of dealers, products, lots and codes; '' = none. */
  readonly find: string;
  readonly state?: CaseState;
  readonly severity?: AlertSeverity;
  readonly kind?: AlertKind;
  /** Adcode of a province or a prefecture. */
  readonly found?: string;
  readonly from: string;
  readonly to: string;
  readonly sort: CaseSort;
}

/** What of the address the filters are, for taking them away. */
export const UNFILTERED = {
  find: '',
  state: '',
  severity: '',
  kind: '',
  found: '',
  from: '',
  to: '',
} as const;

/** Reads the address; what it says wrongly counts as unsaid. */
export function caseFilterOf(search: string): CaseFilter {
  const asked = new URLSearchParams(search);
  const one = <Word extends string>(words: readonly Word[], name: string): Word | undefined =>
    words.find((word) => word === asked.get(name));
  const day = (name: string): string => {
    const value = asked.get(name) ?? '';
    return dayBegins(value, 'UTC') === undefined ? '' : value;
  };
  const state = one(CASE_STATES, 'state');
  const severity = one(ALERT_SEVERITIES, 'severity');
  const kind = one(ALERT_KINDS, 'kind');
  const found = asked.get('found') ?? '';
  return {
    find: asked.get('find') ?? '',
    ...(state && { state }),
    ...(severity && { severity }),
    ...(kind && { kind }),
    ...(isAdcode(found) && { found }),
    from: day('from'),
    to: day('to'),
    sort: one(CASE_SORTS, 'sort') ?? 'newest',
  };
}

export function isFiltered({ find, state, severity, kind, found, from, to }: CaseFilter): boolean {
  const chosen = [state, severity, kind, found].some((one) => one !== undefined);
  return chosen || [find.trim(), from, to].some((one) => one !== '');
}

/** The address of the list's first page at the server. */
export function caseListPath(filter: CaseFilter, zone: string, limit: number): string {
  const query = questionOf(filter, zone);
  query.set('limit', String(limit));
  query.set('names', 'true');
  if (filter.sort !== 'newest') query.set('sort', filter.sort);
  return `/v1/alerts?${query.toString()}`;
}

/** The address of how many cases there are under the filter, and would be under others. */
export function caseCountsPath(filter: CaseFilter, zone: string): string {
  return `/v1/alerts/counts?${questionOf(filter, zone).toString()}`;
}

/** Whether the list of this filter would hold the case, for all but its text: whom a text leads to the server alone knows. */
export function fits(alert: Alert, filter: CaseFilter, zone: string): boolean {
  const { raised_from, raised_before } = bounds(filter, zone);
  const raised_ms = Date.parse(alert.raised_at);
  return (
    (filter.state === undefined || alert.state === filter.state) &&
    (filter.severity === undefined || alert.severity === filter.severity) &&
    (filter.kind === undefined || alert.kinds.includes(filter.kind)) &&
    isFoundIn(alert.found_adcode, filter.found) &&
    (raised_from === undefined || raised_ms >= Date.parse(raised_from)) &&
    (raised_before === undefined || raised_ms < Date.parse(raised_before))
  );
}

function questionOf(filter: CaseFilter, zone: string): URLSearchParams {
  const { raised_from, raised_before } = bounds(filter, zone);
  const { find, state, severity, kind, found } = filter;
  const parts = { find: find.trim(), state, severity, kind, found, from: raised_from, to: raised_before };
  const said = Object.entries(parts).filter((part): part is [string, string] => (part[1] ?? '') !== '');
  return new URLSearchParams(said);
}

/** A province holds its prefectures. */
function isFoundIn(adcode: string | undefined, found: string | undefined): boolean {
  return found === undefined || adcode?.startsWith(found.replace(/(00){1,2}$/, '')) === true;
}

function bounds(filter: CaseFilter, zone: string) {
  return { raised_from: dayBegins(filter.from, zone), raised_before: dayBegins(filter.to, zone, 1) };
}
