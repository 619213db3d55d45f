import { caseRegion } from '../../models/diversion/regions.ts';
import { belowFloor, type PriceSignal, type PricedLine } from '../../models/diversion/rules/below-floor.ts';
import type { Settings } from '../settings/settings.ts';
import { CONFLICTS, defineProcessor, type Output, type RunContext } from '../processor.ts';
import { definitionOf, runParams } from './bucket-mart.ts';
import { reloadDictionaries } from './reference-dictionaries.ts';

/** A row of `price-lines.sql`: a line below its floor, or a signal that its order has had. */
export interface JudgedLine extends PricedLine {
  readonly is_known: 0 | 1;
  readonly dealer_id: string;
  readonly sku_id: string;
  /** The order and its line. */
  readonly ref: string;
  readonly currency: string;
  readonly adcode: string;
  readonly placed_at: string;
  readonly last_event_time: string;
}
/** What of a run says which lines it reads. */
type LinesContext = Pick<RunContext, 'sql' | 'ranges' | 'conflicts_since_ms'> & {
  readonly settings: Pick<Settings, 'time_zone'>;
};
interface Result extends Output {
  readonly known: readonly JudgedLine[];
  readonly found: readonly { readonly line: JudgedLine; readonly signal: PriceSignal }[];
}

/** In the running loop all lines are judged at once only where that is no more than a run's work. */
const FILL_DELIVERIES_MAX = 400_000;
const LINES = 'queries/processors/price-lines.sql';
const REBATED = 'queries/processors/rebated-periods.sql';
const REBATED_DUE = 'queries/processors/rebated-dealers-due.sql';
const REBATED_NOTE = 'queries/processors/rebated-dealers-note.sql';
const REBATED_TABLES = ['raw_rebated_periods', 'raw_rebated_dealers'] as const;
/** A dealer has stopped when all dealers' orders have come so far beyond its last one: its periods are over too. */
const STOPPED_DAYS = 7;
const IS_ANY_PROGRAM = 'queries/processors/rebated-is-any-program.sql';

/**
 * Keeps the signals below_floor of `mart_dealer_signals`: order lines priced below what their floor, promotions and rebates
 * allowed when they were placed. A line is judged anew with each of its events, and with new versions of prices, promotions and
 * its dealer; those of a period with what rebate programmes give for it.
 */
export const priceSignals = defineProcessor<readonly JudgedLine[], Result>({
  id: 'price-signals',
  lane: 'cases',
  trigger: {
    on: 'data',
    types: ['order', 'money', 'price', 'promotion', 'dealer', 'rebate_program'],
    behind: [CONFLICTS, 'order-lines'],
    min_interval_ms: 1_500,
    deliveries_max: 20_000,
  },
  mart: {
    tables: ['raw_mart_dealer_signals'],
    empty_file: 'queries/processors/price-signals-empty.sql',
    hash_file: 'queries/processors/price-signals-hash.sql',
    definition: () => definitionOf([LINES, REBATED_DUE, REBATED, 'mart/rebate-terms.sql'], 'rules 6'),
    fill: judgeAll,
    fill_deliveries_max: FILL_DELIVERIES_MAX,
  },
  query: async (context) => {
    await noteRebated(context);
    return readLines(context);
  },
  compute: judge,
  store,
});

async function readLines(context: RunContext): Promise<readonly JudgedLine[]> {
  const { sql, version, broken_off_since } = context;
  await reloadDictionaries(context, ['price', 'dealer']);
  // What a run that was broken off has noted is known by now, and not judged.
  const rebated_since = broken_off_since === undefined ? version : broken_off_since + 1;
  return sql.queryFile<JudgedLine>(LINES, {
    params: { ...runParams(context), parts: 0, part: 0, rebated_since },
  });
}

/** Where no programme is known nothing is asked, and mostly no dealer is due. */
async function noteRebated(context: RunContext): Promise<void> {
  const { sql } = context;
  const [any] = await sql.queryFile<{ is_any: number }>(IS_ANY_PROGRAM);
  if (any?.is_any !== 1) return;
  const [due] = await sql.queryFile<{ of_all: number; dealers: string[] }>(REBATED_DUE, {
    params: { ...runParams(context), stopped_days: STOPPED_DAYS },
  });
  if (due === undefined) throw new Error(`${REBATED_DUE} gives one row`);
  if (due.of_all === 1) await noteRebatedOf([], context);
  else if (due.dealers.length > 0) await noteRebatedOf(due.dealers, context);
}

/** @param dealers [] = all */
async function noteRebatedOf(
  dealers: readonly string[],
  { sql, version, settings: { time_zone } }: RunContext,
): Promise<void> {
  const params = { dealers, time_zone, stopped_days: STOPPED_DAYS };
  await sql.commandFile(REBATED, { params: { ...params, version } });
  // How far they have come is noted last: broken off before it, they are due once more.
  await sql.commandFile(REBATED_NOTE, { params });
}

function judge(lines: readonly JudgedLine[]): Result {
  const known = lines.filter(({ is_known }) => is_known === 1);
  const found = lines
    .filter(({ is_known }) => is_known === 0)
    .flatMap((line) => {
      const signal = belowFloor(line);
      return signal === null ? [] : [{ line, signal }];
    });
  return { known, found, is_stored: known.length + found.length > 0 };
}

/** Every signal that was there ends; of those that are there again the higher version holds. */
async function store({ known, found }: Result, { sql, version }: RunContext): Promise<void> {
  await sql.insertRows('raw_mart_dealer_signals', [
    ...known.map((line) => ({
      ...lineColumns(line),
      log_odds: 0,
      expected: 0,
      observed: 0,
      version: 2 * version,
      is_deleted: 1,
    })),
    ...found.map(({ line, signal }) => ({
      ...lineColumns(line),
      log_odds: signal.log_odds,
      expected: signal.allowed,
      observed: signal.net,
      version: 2 * version + 1,
      is_deleted: 0,
    })),
  ]);
}

/** Judges all lines in few parts. */
async function judgeAll(context: RunContext, parts: number): Promise<void> {
  for (const table of REBATED_TABLES)
    await context.sql.commandFile('queries/processors/empty-table.sql', { params: { table } });
  await noteRebatedOf([], context);
  for await (const lines of linesInParts(context, parts)) await store(judge(lines), context);
}

/** All lines below their floor, in so many parts by dealer: by ranges of deliveries each part would search all orders for its own. */
export async function* linesInParts(
  context: LinesContext,
  parts: number,
): AsyncGenerator<readonly JudgedLine[]> {
  await reloadDictionaries(context, ['price', 'dealer']);
  for (let part = 0; part < parts; part += 1)
    yield await context.sql.queryFile<JudgedLine>(LINES, {
      params: { ...runParams({ ...context, ranges: [] }), parts, part, rebated_since: 0 },
    });
}

/** What is told of a line, whatever a rule says of it. */
export function lineColumns(line: JudgedLine) {
  return {
    kind: 'below_floor' as const,
    origin_dealer_id: line.dealer_id,
    sku_id: line.sku_id,
    ref: line.ref,
    found_dealer_id: '',
    region: caseRegion(line.adcode),
    first_event_time: line.placed_at,
    event_time: line.last_event_time,
    units: line.qty,
    unit_value: line.unit_price,
    currency: line.currency,
  };
}
