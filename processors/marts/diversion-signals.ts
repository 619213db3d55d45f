import type { Observation, Signal } from '../../models/diversion/observation.ts';
import { DIVERSION_RULES } from '../../models/diversion/rules.ts';
import { defineProcessor, type Output } from '../processor.ts';
import { definitionOf, runParams } from './bucket-mart.ts';
import { reloadDictionaries } from './reference-dictionaries.ts';

interface Found {
  readonly observation: Observation;
  readonly signal: Signal;
}
interface Input {
  readonly observations: readonly Observation[];
  /** Signals of the codes that hold before this run. */
  readonly known: number;
}
interface Result extends Output {
  readonly found: readonly Found[];
}

const FILES = ['dirty', 'observations', 'withdraw'].map((step) => `queries/processors/diversion-${step}.sql`);
const [DIRTY = '', OBSERVATIONS = '', WITHDRAW = ''] = FILES;
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
    min_interval_ms: 400,
    deliveries_max: 50_000,
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
    await context.sql.commandFile(DIRTY, { params: { ...runParams(context), version: context.version } });
    const params = { version: context.version };
    const observations = await context.sql.queryFile<Observation>(OBSERVATIONS, { params });
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

/** A row of the table: all of the observation but the share of the disc, for which the signal has a probability. */
function signalRow({ observation, signal }: Found, version: number): object {
  return { ...observation, share_inside: undefined, ...signal, version, is_deleted: 0 };
}
