import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Pipeline, eventually } from '../../stack/lab/pipeline.ts';

const FILE = process.env['ONLINE_RETAIL_FILE'] ?? 'tests/data/online-retail-cut.csv.gz';
const MAP = 'ingest/load/mappings/online-retail.json';

/**
 * The same account, computed from the file in another way: lines cut at their last commas (only Description may hold
 * one), money in whole thousandths.
 */
function accountOf(path: string) {
  const [, ...lines] = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  const revenue = new Map<string, bigint>();
  let accepted = 0;
  for (const line of lines) {
    const cells = line.trimEnd().split(',');
    const [country = '', , price = '', date = '', quantity = ''] = cells.toReversed();
    const thousandths = (text: string): bigint => {
      const [whole = '0', fraction = ''] = text.split('.');
      return BigInt(whole + fraction.padEnd(3, '0').slice(0, 3));
    };
    if (price.startsWith('-') || thousandths(price) === 0n || thousandths(quantity.replace('-', '')) === 0n)
      continue;
    accepted += 1;
    const key = `${country} ${date.slice(0, 7)}`;
    const sign = quantity.startsWith('-') ? -1n : 1n;
    const value = thousandths(price) * thousandths(quantity.replace('-', ''));
    // Cancelled invoices (C…) have negative quantities throughout.
    revenue.set(key, (revenue.get(key) ?? 0n) + sign * value);
  }
  return { read: lines.length, accepted, revenue };
}

/** Net revenue by country and month of the invoice's clock in millionths, as an analyst would ask for it. */
const REVENUE = `
  SELECT concat(territory_id, ' ', formatDateTime(event_time, '%Y-%m', 'Europe/London')) AS key,
         toString(toInt128(sum(unit_price * qty * if(stage = 'returned', -1, 1)) * 1000000)) AS revenue
  FROM core_orders WHERE source = 'online-retail' GROUP BY key`;

describe('loading the online-retail lines', () => {
  let pipeline: Pipeline;
  let dir: string;
  const expected = accountOf(FILE);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'load-'));
    pipeline = await Pipeline.start(inject('stack'), ['sink'], 't_analyst_4');
  });
  afterAll(async () => {
    await pipeline.stop();
    await rm(dir, { recursive: true });
  });

  const load = () =>
    pipeline.command('ingest/load/cli.ts', [FILE, '--map', MAP, '--rejects', join(dir, 'rejects.csv')]);
  const orders = async () => {
    const [row] = await pipeline.sql.query<{ raw: number; core: number }>(
      'SELECT (SELECT count() FROM raw_orders) AS raw, (SELECT count() FROM core_orders) AS core',
    );
    return row ?? { raw: 0, core: 0 };
  };

  it('accounts for every line, and names line, column and reason of each that it rejects', async () => {
    const printed = await load();
    const account = Object.fromEntries(
      [...printed.matchAll(/^\s*([\d,]+) (rows read|accepted|rejected)/gm)].map(([, n = '', what = '']) => [
        what,
        Number(n.replaceAll(',', '')),
      ]),
    );
    expect(account).toEqual({
      'rows read': expected.read,
      accepted: expected.accepted,
      rejected: expected.read - expected.accepted,
    });
    const rejects = (await readFile(join(dir, 'rejects.csv'), 'utf8')).trimEnd().split('\n');
    expect(rejects[0]).toBe('line,column,reason,row');
    expect(rejects).toHaveLength(1 + expected.read - expected.accepted);
    for (const line of rejects.slice(1))
      expect(line).toMatch(/^\d+,(UnitPrice|Quantity),(price|quantity) is /);
  });

  it('gives an analyst the same revenue by country and month, to the last digit', async () => {
    // The copy that is read follows the ledger within the insert, but not in one step with it.
    await eventually('all lines', async () =>
      (await orders()).core >= expected.accepted ? true : undefined,
    );
    const rows = await pipeline.analyst.query<{ key: string; revenue: string }>(REVENUE);
    const found = new Map(rows.map(({ key, revenue }) => [key, BigInt(revenue)]));
    expect(found).toEqual(expected.revenue);
  });

  it('changes no figure when the same file is loaded again', async () => {
    const [before] = await pipeline.sql.query('SELECT count(), sum(cityHash64(*)) FROM core_orders');
    await load();
    await eventually('the second delivery', async () =>
      (await orders()).raw >= 2 * expected.accepted ? true : undefined,
    );
    const [after] = await pipeline.sql.query('SELECT count(), sum(cityHash64(*)) FROM core_orders');
    expect(after).toEqual(before);
    expect((await orders()).core).toBe(expected.accepted);
  });
});
