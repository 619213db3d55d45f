import { belowFloor, type PriceSignal, type PricedLine } from '../../models/diversion/rules/below-floor.ts';
import { defineProcessor, type Output } from '../processor.ts';
import { definitionOf, runParams } from './bucket-mart.ts';
import { reloadDictionaries } from './reference-dictionaries.ts';

/** A row of `price-lines.sql`. */
interface Line extends PricedLine {
  readonly dealer_id: string;
  readonly order_id: string;
  readonly line_no: number;
  readonly sku_id: string;
  readonly currency: string;
  readonly qty: number;
  readonly adcode: string;
  readonly placed_at: string;
  readonly last_event_time: string;
}
interface Result extends Output {
  readonly judged: readonly { readonly line: Line; readonly found: PriceSignal | null }[];
}

const LINES = 'queries/processors/price-lines.sql';
/** A new version of a price is held against the lines of this many days: older ones are settled. */
const PRICE_DAYS = 400;

/**
 * Keeps the signals below_floor of `mart_dealer_signals`: order lines priced below what their floor, promotions and rebates
 * allowed when they were placed. A line is judged anew with each of its events, and with new versions of prices, promotions and
 * its dealer.
 */
export const priceSignals = defineProcessor<readonly Line[], Result>({
  id: 'price-signals',
  trigger: {
    on: 'data',
    types: ['order', 'money', 'price', 'promotion', 'dealer'],
    behind: 'order-lines',
    min_interval_ms: 1_500,
    deliveries_max: 20_000,
  },
  mart: {
    tables: ['raw_mart_dealer_signals'],
    hash_file: 'queries/processors/price-signals-hash.sql',
    definition: () => definitionOf([LINES], 'rules 1'),
  },
  query: async (context) => {
    await reloadDictionaries(context, ['price', 'dealer']);
    return context.sql.queryFile<Line>(LINES, { params: { ...runParams(context), days: PRICE_DAYS } });
  },
  compute: (lines) => {
    const judged = lines.map((line) => ({ line, found: belowFloor(line) }));
    return { judged, is_stored: judged.length > 0 };
  },
  store: async ({ judged }, { sql, version }) => {
    await sql.insertRows(
      'raw_mart_dealer_signals',
      judged.map(({ line, found }) => rowOf(line, found, version)),
    );
  },
});

function rowOf(line: Line, found: PriceSignal | null, version: number): object {
  return {
    kind: 'below_floor',
    origin_dealer_id: line.dealer_id,
    sku_id: line.sku_id,
    ref: `${line.order_id} / ${line.line_no}`,
    found_dealer_id: '',
    region: line.adcode,
    first_event_time: line.placed_at,
    event_time: line.last_event_time,
    log_odds: found?.log_odds ?? 0,
    units: line.qty,
    unit_value: line.unit_price,
    currency: line.currency,
    expected: found?.allowed ?? 0,
    observed: found?.net ?? 0,
    version,
    is_deleted: found === null ? 1 : 0,
  };
}
