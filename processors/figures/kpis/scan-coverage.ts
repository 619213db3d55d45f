import { ratio } from '../../../models/channel/figure.ts';
import { kpi } from '../kpi.ts';

interface Row {
  readonly as_of: string;
  readonly shipped_codes: number;
  readonly seen_codes: number;
}

/** Share of the codes shipped to dealers that were seen again. */
export const scanCoverage = kpi<Row>({
  id: 'scan_coverage',
  after: ['code-journeys'],
  min_interval_ms: 5_000,
  series: { unit: 'day', count: 30, every_ms: 300_000 },
  figure: ([row]) =>
    ratio(row?.seen_codes ?? 0, row?.shipped_codes ?? 0, 'no code was shipped to a dealer 3 to 31 days ago'),
});
