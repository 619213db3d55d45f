import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { EVENT_TIME_MIN_MS } from '../../../ingest/edge/event-validator.ts';
import { Instant } from '../../../models/contract/fields.ts';
import { KpiRow } from '../../../models/contract/live.ts';
import { KnownKpi, Kpi, KpiPoint, METRICS, unitOf } from '../../../models/contract/metrics.ts';
import { requireRight } from '../auth/access.ts';
import type { Api } from '../http/api.ts';
import { sendTagged } from '../http/etag.ts';
import { ProblemError } from '../http/problem.ts';
import type { KnownKpis } from '../kpis/known-kpis.ts';
import type { LiveState } from '../live/state.ts';

const BEFORE_ALL = 'lies before 2000-01-01T00:00:00Z: no event is older';
const isKpiRow = Compile(KpiRow);
const KPI_FIELDS = new Set(Object.keys(Kpi.properties));

const KpiQuery = Type.Object(
  {
    as_known_at: Type.Optional(
      Instant('the figures out of what the ledgers held then; reference data is as known now'),
    ),
    as_of: Type.Optional(Instant('the time that those figures are about; as_known_at if unset')),
  },
  { additionalProperties: false },
);
type KpiQuery = Static<typeof KpiQuery>;
const KpiList = Type.Object({ items: Type.Array(Kpi) });
const KnownKpiList = Type.Object({ items: Type.Array(KnownKpi) });
const KpiSeries = Type.Object({
  id: Type.String(),
  unit: Type.String(),
  items: Type.Array(KpiPoint, { description: 'oldest first' }),
});

export interface KpiRoutes {
  readonly state: () => LiveState;
  readonly known: KnownKpis;
  readonly reporting_currency: string;
  readonly now: () => number;
}

/**
 * The wallboard's figures out of the live state: the same numbers that every wall shows at this moment. And those at another
 * time, as they were known at another time.
 */
export function addKpiRoutes(api: Api, { state, known, reporting_currency, now }: KpiRoutes): void {
  const since = new Date(now()).toISOString();
  /** Each of the contract's, in its order: one that the processors have not computed since they were set up has no value. */
  const rows = (): Static<typeof KpiRow>[] => {
    const computed = [...state().snapshot('kpis').rows.values()].filter((row) => isKpiRow.Check(row));
    return METRICS.map(
      (metric) =>
        computed.find(({ id }) => id === metric.id) ?? {
          id: metric.id,
          value: null,
          reason: 'not computed yet',
          unit: unitOf(metric, reporting_currency),
          as_of: since,
          direction: metric.direction,
          ...('target' in metric && { target: metric.target }),
        },
    );
  };

  api.get(
    '/v1/kpis',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['kpis'],
        summary: 'The figures of the wallboard; with as_known_at or as_of those of another time',
        querystring: KpiQuery,
        response: { 200: Type.Union([KpiList, KnownKpiList]) },
      },
    },
    async (request, reply) => {
      const question = questionOf(request.query, now());
      if (question !== undefined) {
        return sendTagged(request, reply, { items: await known.ask(question.as_of, question.known_at) });
      }
      return sendTagged(request, reply, { items: rows().map(kpiOf) });
    },
  );

  api.get(
    '/v1/kpis/:id/series',
    {
      onRequest: requireRight('read'),
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

/** What is asked about another time; undefined when that is not asked. */
function questionOf(
  { as_known_at, as_of }: KpiQuery,
  now_ms: number,
): { readonly as_of: Date; readonly known_at: Date } | undefined {
  if (as_known_at === undefined && as_of === undefined) return undefined;
  const known_at = as_known_at === undefined ? new Date(now_ms) : new Date(as_known_at);
  const about = as_of === undefined ? known_at : new Date(as_of);
  if (known_at.getTime() < EVENT_TIME_MIN_MS) throw refused('/as_known_at', BEFORE_ALL);
  if (about.getTime() < EVENT_TIME_MIN_MS) throw refused('/as_of', BEFORE_ALL);
  if (known_at.getTime() > now_ms) throw refused('/as_known_at', 'lies ahead: nothing is known of then');
  if (about > known_at) throw refused('/as_of', 'must not be later than as_known_at');
  return { as_of: about, known_at };
}

function refused(pointer: string, detail: string): ProblemError {
  return new ProblemError(400, {
    detail: 'the address asks for what cannot be known',
    errors: [{ pointer, detail }],
  });
}

/** The contract's KPI, without what only the wallboard's row has. */
function kpiOf(row: object): Kpi {
  return Object.fromEntries(Object.entries(row).filter(([field]) => KPI_FIELDS.has(field))) as Kpi;
}
