import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROCESSORS } from '../../processors/registry.ts';
import { ProcessorsRun } from './processors-run.ts';

/** Payment as a part of the dealer score (D8): what was paid of what has been billed for 30 to 90 days. */
const DAY = 86_400_000;
const now = new Date();
const ago = (days: number): string => new Date(now.getTime() - days * DAY).toISOString();
let run: ProcessorsRun;

const document = (
  dealer_id: string,
  kind: string,
  amount: string,
  days_ago: number,
  order_id: string,
): object => ({
  source: 'finance',
  event_id: `${dealer_id} ${order_id} ${kind}`,
  event_time: ago(days_ago),
  dealer_id,
  doc_id: `${dealer_id} ${order_id} ${kind}`,
  kind,
  amount,
  currency: 'CNY',
  order_id,
});

beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(PROCESSORS.filter(({ id }) => id === 'conflicts'));
  await run.deliver(
    'dealer',
    ['OWES', 'PAYS', 'NEW'].map((dealer_id) => ({
      source: 'mdm',
      event_id: dealer_id,
      event_time: ago(400),
      valid_from: ago(400),
      dealer_id,
      name: dealer_id,
      tier: 1,
      territory_id: '',
      status: 'active',
    })),
  );
  await run.deliver('money', [
    document('OWES', 'invoice', '1010', 60, 'A'),
    document('OWES', 'payment', '250', 50, 'A'),
    document('OWES', 'credit_note', '10', 2, 'A'),
    document('OWES', 'invoice', '900', 100, 'B'),
    document('PAYS', 'invoice', '500', 31, 'C'),
    document('PAYS', 'payment', '500', 1, 'C'),
    document('NEW', 'invoice', '500', 29, 'D'),
  ]);
  await run.catchUp();
});
afterAll(() => run.drop());

test('a bill stays in the measure when a credit note comes after it', async () => {
  expect(
    await run.sql.query(
      "SELECT dealer_id, value, percentile FROM mart_dealer_score_parts WHERE part = 'payment' ORDER BY dealer_id",
    ),
  ).toEqual([
    { dealer_id: 'NEW', value: null, percentile: null },
    { dealer_id: 'OWES', value: 0.25, percentile: 0.25 },
    { dealer_id: 'PAYS', value: 1, percentile: 0.75 },
  ]);
});
