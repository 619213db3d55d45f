import { kpi } from '../kpi.ts';

interface Row {
  readonly as_of: string;
  readonly open_cases: number;
}

/** Cases of diversion that nobody has decided yet. */
export const openDiversionCases = kpi<Row>({
  id: 'open_diversion_cases',
  after: ['diversion-cases'],
  min_interval_ms: 2_000,
  series: { unit: 'day', count: 30, every_ms: 300_000 },
  figure: ([row]) => ({ value: row?.open_cases ?? 0 }),
});
