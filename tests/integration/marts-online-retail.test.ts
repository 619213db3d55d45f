import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileMapping } from '../../ingest/load/mapping.ts';
import type { Json } from '../../ingest/load/mapping-json.ts';
import { openRows } from '../../ingest/load/rows.ts';
import type { EventTypeName } from '../../models/contract/registry.ts';
import { formatDecimal, ONE, parseDecimal } from '../../models/money/decimal.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import { ProcessorsRun } from './processors-run.ts';

/** Marts over the real online-retail lines, against the same from the file, cut and added up in another way. */
const FILE = process.env['ONLINE_RETAIL_FILE'] ?? 'tests/data/online-retail-cut.csv.gz';
const COLUMNS = ['InvoiceNo', 'StockCode', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'];
/** Events that are written in one batch. */
const BATCH = 20_000;

interface Line {
  readonly dealer_id: string;
  readonly invoice: string;
  /** Billionths; negative = came back. */
  readonly value: bigint;
}

/** Lines cut at their commas from both ends: only Description may hold one. */
const lines: Line[] = gunzipSync(readFileSync(FILE))
  .toString('utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .flatMap((text) => {
    const cells = text.trimEnd().split(',');
    const [country = '', customer = '', price = '', , quantity = ''] = cells.toReversed();
    if (price.startsWith('-') || parseDecimal(price) === 0n || parseDecimal(quantity) === 0n) return [];
    const value = (parseDecimal(price) * parseDecimal(quantity)) / ONE;
    const dealer_id = customer === '' ? `GUEST-${country}` : customer.replace(/\.0$/, '');
    return [{ dealer_id, invoice: cells[0] ?? '', value }];
  });

let run: ProcessorsRun;
beforeAll(async () => {
  run = await ProcessorsRun.create(new Date());
  await run.restart(PROCESSORS.filter(({ id }) => ['conflicts', 'order-lines'].includes(id)));
  const mapping = compileMapping(
    JSON.parse(readFileSync('ingest/load/mappings/online-retail.json', 'utf8')) as Json,
  );
  const waiting = new Map<EventTypeName, object[]>();
  const { rows } = await openRows(FILE, { delimiter: ',', encoding: 'utf-8', columns: COLUMNS });
  for await (const row of rows) {
    if (!('row' in row)) throw new Error(row.unreadable);
    const mapped = mapping.map(row.row);
    if ('rejection' in mapped) continue;
    mapping.accept(mapped.events);
    for (const { type, event } of mapped.events) {
      const list = waiting.get(type.type as EventTypeName) ?? [];
      waiting.set(type.type as EventTypeName, list);
      list.push(event);
      if (list.length === BATCH) await run.deliver(type.type as EventTypeName, list.splice(0));
    }
  }
  for (const [type, list] of waiting) if (list.length > 0) await run.deliver(type, list);
  await run.catchUp();
});
afterAll(() => run.drop());

function summed(of: (line: Line) => bigint): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const line of lines) sums.set(line.dealer_id, (sums.get(line.dealer_id) ?? 0n) + of(line));
  return sums;
}

test('what each customer ordered and sent back is that of the file, to the last digit', async () => {
  const rows = await run.sql.query<{ dealer_id: string; ordered: string; returned: string }>(
    'SELECT dealer_id, sum(mart_order_money.ordered) AS ordered, sum(mart_order_money.returned) AS returned FROM mart_order_money GROUP BY dealer_id ORDER BY dealer_id',
  );
  const ordered = summed(({ value }) => (value > 0n ? value : 0n));
  const returned = summed(({ value }) => (value < 0n ? -value : 0n));
  expect(rows.length).toBeGreaterThan(500);
  expect(rows).toEqual(
    [...ordered]
      .map(([dealer_id, value]) => ({
        dealer_id,
        ordered: formatDecimal(value),
        returned: formatDecimal(returned.get(dealer_id) ?? 0n),
      }))
      .sort((a, b) => (a.dealer_id < b.dealer_id ? -1 : 1)),
  );
});

test('nothing of it was shipped: the match lists every order that is not a pure return', async () => {
  const sold = new Map<string, bigint>();
  for (const { dealer_id, invoice, value } of lines.filter((line) => line.value > 0n)) {
    const order = `${dealer_id} ${invoice}`;
    sold.set(order, (sold.get(order) ?? 0n) + value);
  }
  // A few orders are worth less than half a penny: nobody can invoice them.
  const due = [...sold.values()].filter((billionths) => billionths >= ONE / 200n);
  expect(due.length).toBeLessThan(sold.size);
  expect(
    await run.sql.query("SELECT count() AS n FROM mart_reconciliation WHERE pair = 'order_shipment'"),
  ).toEqual([{ n: due.length }]);
  const placed = await run.sql.query<{ n: number }>('SELECT sum(orders) AS n FROM mart_order_channels');
  expect(placed).toEqual([{ n: sold.size }]);
});

test('no price has a floor there: compliance is null and says why', async () => {
  expect(await run.sql.query('SELECT DISTINCT stability, reason FROM mart_price_compliance')).toEqual([
    { stability: null, reason: 'no floor price was valid for any line' },
  ]);
});
