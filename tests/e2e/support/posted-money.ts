import { eventually, type Pipeline } from '../../../stack/lab/pipeline.ts';

/** A programme with tiers that the orders reach, shared with a parent; invoices and payments that do not all agree. */
export async function postMoney(pipeline: Pipeline): Promise<void> {
  const long_ago = new Date(Date.now() - 300 * 86_400_000).toISOString();
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await pipeline.post('rebate_program', [
    {
      event_id: 'program',
      source: 'erp',
      event_time: long_ago,
      valid_from: long_ago,
      program_id: 'Q-NET',
      basis: 'net_sales',
      period: 'quarter',
      tiers: [
        { from: '0.5', rate_pct: '1.005' },
        { from: '1000', rate_pct: '2.5' },
      ],
      retroactive: false,
      split: [{ level: 0, share_pct: '100' }],
    },
  ]);
  await pipeline.post(
    'order',
    Array.from({ length: 60 }, (_, n) => ({
      event_id: `ship-${n}`,
      source: 'erp',
      event_time: new Date(Date.now() - (n + 2) * 86_400_000).toISOString(),
      dealer_id: 'D1',
      order_id: `O${n + 2}-0`,
      line_no: 1,
      sku_id: '0017',
      stage: 'shipped',
      qty: '10.1',
      unit_price: '9.995',
      currency: 'CNY',
      channel: 'portal',
    })),
  );
  const document = { source: 'erp', event_time: yesterday, dealer_id: 'D1', currency: 'CNY' };
  await pipeline.post('money', [
    { ...document, event_id: 'i1', doc_id: 'i1', kind: 'invoice', amount: '100.95', order_id: 'O2-0' },
    { ...document, event_id: 'p1', doc_id: 'p1', kind: 'payment', amount: '100.94', order_id: 'O2-0' },
    {
      ...document,
      event_id: 'i2',
      doc_id: 'i2',
      kind: 'invoice',
      amount: '123456789012.345678',
      order_id: 'O3-0',
    },
  ]);
  await eventually('the documents to be matched', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>(
      "SELECT count() AS n FROM mart_reconciliation WHERE pair = 'invoice_payment' AND difference IS NOT NULL",
    );
    return row?.n === 2 ? true : undefined;
  });
  await eventually('the rebates to be recomputed', async () => {
    const [row] = await pipeline.sql.query<{ n: number }>(
      "SELECT count() AS n FROM mart_rebates WHERE dealer_id = 'D1' AND amount > 0",
    );
    return row !== undefined && row.n > 0 ? true : undefined;
  });
}
