import type { Observation, Signal } from '../../models/diversion/observation.ts';
import { DIVERSION_RULES } from '../../models/diversion/rules.ts';
import { defineProcessor, type Output } from '../processor.ts';
import type { SqlClient } from '../../sql/client.ts';
import { definitionOf, rangeParams, runParams } from './bucket-mart.ts';
import { rangesByType } from './ranges-by-type.ts';
import { reloadDictionaries } from './reference-dictionaries.ts';

interface Found {
  readonly observation: Observation;
  readonly signal: Signal;
}
/** An observation whose units are the pack's, not yet those that were scanned into it. */
type Placed = Observation & { readonly level: string };
interface Input {
  readonly observations: readonly Observation[];
  /** Signals of the codes that hold before this run. */
  readonly known: number;
}
interface Result extends Output {
  readonly found: readonly Found[];
}

const FILES = ['dirty', 'dirty-references', 'observations', 'contents', 'withdraw'].map(
  (step) => `queries/processors/diversion-${step}.sql`,
);
const [DIRTY = '', DIRTY_REFERENCES = '', OBSERVATIONS = '', CONTENTS = '', WITHDRAW = ''] = FILES;
const KNOWN = 'queries/processors/diversion-known.sql';

/** Raise it when a rule changes, so that the signals of history are judged anew. */
const RULES_VERSION = 1;

/**
 * Keeps `mart_diversion_signals`: what the rules say about each scan outside its territory. A bucket is one code. What
 * later data explain (a late shipment, a corrected territory) is withdrawn. Territories hold as of the shipment.
 */
export const diversionSignals = defineProcessor<Input, Result>({
  id: 'diversion-signals',
  trigger: {
    on: 'data',
    types: ['scan', 'dealer', 'territory', 'product'],
    behind: 'code-journeys',
    min_interval_ms: 1_200,
    deliveries_max: 20_000,
  },
  mart: {
    tables: ['raw_mart_diversion_signals', 'raw_dirty_codes'],
    hash_file: 'queries/processors/diversion-signals-hash.sql',
    definition: () => definitionOf(FILES, `rules ${RULES_VERSION}`),
  },
  query: async (context) => {
    await reloadDictionaries(context, ['dealer', 'territory', 'product']);
    await context.sql.commandFile('queries/processors/empty-table.sql', {
      params: { table: 'raw_dirty_codes' },
    });
    const params = { version: context.version };
    await context.sql.commandFile(DIRTY, { params: { ...runParams(context), ...params } });
    if (rangesByType(context.ranges).some(({ event_type }) => event_type !== 'scan')) {
      await context.sql.commandFile(DIRTY_REFERENCES, {
        params: { ...rangeParams(context.ranges), ...params },
      });
    }
    const observations = await withContents(
      context.sql,
      await context.sql.queryFile<Placed>(OBSERVATIONS, { params }),
    );
    const [known] = await context.sql.queryFile<{ signals: number }>(KNOWN, { params });
    return { observations, known: known?.signals ?? 0 };
  },
  compute: ({ observations, known }) => {
    const found = observations.flatMap((observation) =>
      DIVERSION_RULES.flatMap((rule) => {
        const signal = rule.signal(observation);
        return signal === null ? [] : [{ observation, signal }];
      }),
    );
    return { found, is_stored: found.length + known > 0 };
  },
  store: async ({ found, is_stored }, { sql, version }) => {
    if (is_stored === false) return;
    await sql.insertRows(
      'raw_mart_diversion_signals',
      found.map((one) => signalRow(one, version)),
    );
    await sql.commandFile(WITHDRAW, { params: { version } });
  },
});

/** A row of the table: all of the observation but its level and the share of the disc, for which the signal has a probability. */
function signalRow({ observation, signal }: Found, version: number): object {
  return { ...observation, level: undefined, share_inside: undefined, ...signal, version, is_deleted: 0 };
}

/** Codes asked about in one query: they travel in its address. */
const CODES_PER_QUERY = 400;

/** The observations with the units that are known to be in each case or pallet; where none are, the pack size stays. */
async function withContents(sql: SqlClient, placed: readonly Placed[]): Promise<Observation[]> {
  const codes = [...new Set(placed.filter(({ level }) => level !== 'unit').map(({ code }) => code))];
  const units = new Map<string, number>();
  for (let at = 0; at < codes.length; at += CODES_PER_QUERY) {
    const rows = await sql.queryFile<{ code: string; units: number }>(CONTENTS, {
      params: { codes: codes.slice(at, at + CODES_PER_QUERY) },
    });
    for (const row of rows) units.set(row.code, row.units);
  }
  return placed.map((one) => ({ ...one, units: units.get(one.code) ?? one.units }));
}
