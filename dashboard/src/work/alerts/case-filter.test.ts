import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../models/contract/alert.ts';
import { caseCountsPath, caseFilterOf, caseListPath, fits, isFiltered } from './case-filter.ts';

const ZONE = 'Asia/Shanghai';
const alert: Alert = {
  alert_id: 'D1|440000|S1',
  state: 'open',
  severity: 'warning',
  kinds: ['out_of_territory'],
  confidence: 0.9,
  origin_dealer_id: 'D1',
  found_adcode: '440100',
  sku_id: 'S1',
  units: 8,
  value: '240.80',
  currency: 'CNY',
  codes: [],
  first_event_time: '2026-11-20T00:00:00.000Z',
  last_event_time: '2026-11-21T00:00:00.000Z',
  raised_at: '2026-11-24T16:00:00.000Z',
  updated_at: '2026-11-24T16:00:00.000Z',
};

describe('the filter of the list of cases', () => {
  it('asks the server for the days of the zone, the last one included', () => {
    const path = caseListPath(caseFilterOf('?state=open&from=2026-11-25&to=2026-11-25'), ZONE, 50);
    expect(Object.fromEntries(new URL(path, 'http://x').searchParams)).toEqual({
      limit: '50',
      names: 'true',
      state: 'open',
      from: '2026-11-24T16:00:00.000Z',
      to: '2026-11-25T16:00:00.000Z',
    });
  });

  it('asks for what is looked for and in what order, and counts the same without the order', () => {
    const filter = caseFilterOf('?find=%20恒达%20L1&severity=critical&found=440000&sort=value&lang=zh');
    const asked = { find: '恒达 L1', severity: 'critical', found: '440000' };
    const path = (text: string) => Object.fromEntries(new URL(text, 'http://x').searchParams);
    expect(path(caseListPath(filter, ZONE, 50))).toEqual({
      ...asked,
      limit: '50',
      names: 'true',
      sort: 'value',
    });
    expect(path(caseCountsPath(filter, ZONE))).toEqual(asked);
  });

  it('takes words and days that there are not for unsaid', () => {
    expect(
      isFiltered(
        caseFilterOf('?state=lost&kind=x&found=gd&severity=1&find=%20&from=soon&to=&sort=worst&lang=zh'),
      ),
    ).toBe(false);
  });

  it.each([
    ['', true],
    ['?from=2026-11-25&to=2026-11-25', true],
    ['?to=2026-11-24', false],
    ['?from=2026-11-26', false],
    ['?state=closed', false],
    ['?kind=out_of_territory', true],
    ['?kind=clone', false],
    ['?severity=warning', true],
    ['?severity=critical', false],
    ['?found=440000', true],
    ['?found=440100', true],
    ['?found=440300', false],
    ['?found=320000', false],
  ])('holds under %j the case raised on the 25th: %s', (search, holds) => {
    expect(fits(alert, caseFilterOf(search), ZONE)).toBe(holds);
  });
});
