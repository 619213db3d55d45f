import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { KpiRow } from '../../../models/contract/live.ts';
import { Kpi, KpiPoint, METRICS } from '../../../models/contract/metrics.ts';
import { requireRole } from '../auth/access.ts';
import type { Api } from '../http/api.ts';
import { sendTagged } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';
import type { LiveState } from '../live/state.ts';

const isKpiRow = Compile(KpiRow);
const KPI_FIELDS = new Set(Object.keys(Kpi.properties));
const ORDER = new Map<string, number>(METRICS.map(({ id }, index) => [id, index]));

const KpiList = Type.Object({ items: Type.Array(Kpi) });
const KpiSeries = Type.Object({
  id: Type.String(),
  unit: Type.String(),
  items: Type.Array(KpiPoint, { description: 'oldest first' }),
});

/** The wallboard's figures out of the live state: the same numbers that every wall shows at this moment. */
export function addKpiRoutes(api: Api, state: () => LiveState): void {
  const rows = () => [...state().snapshot('kpis').rows.values()].filter((row) => isKpiRow.Check(row));

  api.get(
    '/v1/kpis',
    {
      onRequest: requireRole('viewer'),
      schema: { tags: ['kpis'], summary: 'The figures of the wallboard', response: { 200: KpiList } },
    },
    async (request, reply) => {
      const ordered = rows().toSorted(
        (a, b) => (ORDER.get(a.id) ?? Infinity) - (ORDER.get(b.id) ?? Infinity),
      );
      return sendTagged(request, reply, { items: ordered.map(kpiOf) });
    },
  );

  api.get(
    '/v1/kpis/:id/series',
    {
      onRequest: requireRole('viewer'),
      schema: {
        tags: ['kpis'],
        summary: 'One figure over time, as its sparkline shows it',
        params: Type.Object({ id: Type.String({ description: 'id of the KPI' }) }),
        response: { 200: KpiSeries },
      },
    },
    async (request, reply) => {
      const row = rows().find(({ id }) => id === request.params.id);
      if (!row) throw new ProblemError(404, { detail: 'there is no such KPI' });
      return sendTagged(request, reply, { id: row.id, unit: row.unit, items: row.series ?? [] });
    },
  );
}

/** The contract's KPI, without what only the wallboard's row has. */
function kpiOf(row: object): Kpi {
  return Object.fromEntries(Object.entries(row).filter(([field]) => KPI_FIELDS.has(field))) as Kpi;
}
