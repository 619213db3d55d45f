import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../models/contract/events/order.ts';
import { formatDecimal, parseDecimal } from '../../models/money/decimal.ts';
import { periodStart } from '../../models/money/rebate-program.ts';
import { rebateOf } from '../../models/money/rebate.ts';
import { chainOf, splitOverChain } from '../../models/money/rebate-split.ts';
import { monthStatements } from '../../models/money/statement.ts';
import {
  MATCH_STEPS,
  threeWayMatch,
  type MatchStep,
  type OrderMovement,
} from '../../models/money/three-way-match.ts';
import { runChecks } from '../../sql/checks.ts';
import { PROCESSORS } from '../../processors/registry.ts';
import {
  PARENTS,
  CURRENCY_OF,
  PROGRAMS,
  orders,
  documents,
  now,
  iso,
  monthOf,
  billionths,
  valueOf,
  long_ago,
} from './marts-money-channel.ts';
import { ProcessorsRun } from './processors-run.ts';

const DAY = 86_400_000;

/** The money marts against the pure models over the same events: two computations that share nothing but the contract. */
let run: ProcessorsRun;
beforeAll(async () => {
  run = await ProcessorsRun.create(now);
  await run.restart(PROCESSORS.filter(({ id }) => id === 'conflicts' || id === 'sales-days'));
  const reference = { source: 'mdm', event_time: long_ago, valid_from: long_ago };
  await run.deliver(
    'dealer',
    [...PARENTS].map(([dealer_id, parent_dealer_id]) => ({
      ...reference,
      event_id: dealer_id,
      dealer_id,
      name: dealer_id,
      tier: 1,
      parent_dealer_id,
      territory_id: '',
      status: 'active',
    })),
  );
  await run.deliver(
    'rebate_program',
    PROGRAMS.map((program, n) => ({
      source: 'mdm',
      event_time: program.valid_from,
      event_id: `p${n}`,
      ...program,
    })),
  );
  await run.deliver('order', orders);
  await run.catchUp();
});
afterAll(() => run.drop());

/** What the programmes give, by hand: the events of each period, the last version valid in it, the pure model. */
function expectedRebates() {
  const today = monthOf(now.toISOString());
  return ['NET', 'UNITS'].flatMap((program_id) => {
    const versions = PROGRAMS.filter((program) => program.program_id === program_id);
    const kind = versions[0]?.period ?? 'month';
    const groups = new Map<string, OrderEvent[]>();
    for (const event of orders) {
      if (event.stage !== 'shipped' && event.stage !== 'returned') continue;
      const key = `${event.dealer_id}|${periodStart(monthOf(event.event_time), kind)}`;
      groups.set(key, [...(groups.get(key) ?? []), event]);
    }
    return [...groups].map(([key, events]) => {
      const [dealer_id = '', start = ''] = key.split('|');
      const signed = (of: (event: OrderEvent) => bigint): string =>
        formatDecimal(
          events.reduce((sum, event) => sum + (event.stage === 'shipped' ? of(event) : -of(event)), 0n),
        );
      const end = addMonths(start, kind === 'month' ? 1 : 3);
      const program = versions.findLast(({ valid_from }) => monthOf(valid_from) < end) ?? versions[0];
      if (!program) throw new Error(program_id);
      const currency = CURRENCY_OF[dealer_id] ?? 'CNY';
      const basis = { net_sales: signed(valueOf), qty: signed((event) => billionths(event.qty)), currency };
      return { dealer_id, start, is_over: end <= today, program, basis, rebate: rebateOf(program, basis) };
    });
  });
}

function addMonths(month: string, n: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return iso(Date.UTC(year, number - 1 + n, 1)).slice(0, 7);
}

function stepOf(name: string): MatchStep {
  const step = MATCH_STEPS.find((one) => one === name);
  if (step === undefined) throw new Error(name);
  return step;
}

const same = (text: string): string => formatDecimal(parseDecimal(text));

describe('before the feed of money has come', () => {
  test('the match says so, and knows what it can: ordered against shipped', async () => {
    const rows = await run.sql.query<{ pair: string; difference: string | null; reason: string }>(
      'SELECT pair, difference, reason FROM mart_reconciliation',
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      expect(row.difference === null).toBe(row.pair !== 'order_shipment');
      expect(row.reason === '').toBe(row.difference !== null);
    }
    expect(
      await run.sql.query(
        "SELECT count() AS n FROM mart_rebates WHERE difference IS NOT NULL OR reason = ''",
      ),
    ).toEqual([{ n: 0 }]);
  });
});

describe('with the feed of money', () => {
  beforeAll(async () => {
    await run.deliver('money', documents);
    await run.catchUp();
  });

  test('every rebate is that of the model, to the last digit, with its derivation', async () => {
    const rows = await run.sql.query<{
      key: string;
      version_from: string;
      net_sales: string;
      qty: string;
      amount: string;
      is_over: boolean;
      steps: { tier_from: string; rate_pct: string; counted: string; amount: string }[];
    }>(
      `SELECT program_id || ' ' || dealer_id || ' ' || substring(toString(period_start), 1, 7) AS key,
         version_from, net_sales, qty, amount, is_over, steps
       FROM mart_rebates WHERE net_sales != 0 OR qty != 0 ORDER BY key`,
    );
    const wanted = expectedRebates()
      .filter(({ basis }) => basis.net_sales !== '0' || basis.qty !== '0')
      .map(({ dealer_id, start, is_over, program, basis, rebate }) => ({
        key: `${program.program_id} ${dealer_id} ${start}`,
        version_from: program.valid_from,
        net_sales: same(basis.net_sales),
        qty: same(basis.qty),
        amount: same(rebate.amount),
        is_over,
        steps: rebate.steps.map(({ tier_from, rate_pct, counted, amount }) => ({
          tier_from: same(tier_from),
          rate_pct: same(rate_pct),
          counted: same(counted),
          amount: same(amount),
        })),
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    expect(wanted.length).toBeGreaterThan(20);
    expect(rows).toEqual(wanted);
  });

  test('the lines of a rebate sum to it, and its parts over the chain are those of the model', async () => {
    expect(
      await run.sql.query(
        `SELECT program_id, dealer_id, period_start FROM mart_rebates AS r
         LEFT JOIN (SELECT program_id, dealer_id, currency, period_start, sum(amount) AS lines FROM mart_rebate_lines GROUP BY ALL) AS l
         USING (program_id, dealer_id, currency, period_start) WHERE r.amount != l.lines`,
      ),
    ).toEqual([]);
    const rows = await run.sql.query<Record<string, unknown>>(
      `SELECT program_id || ' ' || earned_by || ' ' || substring(toString(period_start), 1, 7) AS key, level, dealer_id, share_pct, amount
       FROM mart_rebate_split ORDER BY key, level`,
    );
    const wanted = expectedRebates()
      .filter(({ rebate }) => billionths(rebate.amount) > 0n)
      .flatMap(({ dealer_id, start, program, rebate }) =>
        splitOverChain(
          rebate.amount,
          rebate.currency,
          program.split,
          chainOf(dealer_id, (id) => PARENTS.get(id)),
        ).map((part) => ({
          key: `${program.program_id} ${dealer_id} ${start}`,
          level: part.level,
          dealer_id: part.dealer_id,
          share_pct: part.share_pct,
          amount: same(part.amount),
        })),
      )
      .sort((a, b) => (a.key === b.key ? a.level - b.level : a.key < b.key ? -1 : 1));
    expect(rows).toEqual(wanted);
  });

  test('the checks of identities find nothing, rebates included', async () => {
    const results = await runChecks(run.sql);
    expect(results.map(({ file }) => file)).toContain('checks/rebates-are-conserved.sql');
    expect(results.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });

  test('what was booked is held against what was earned, and every difference is listed', async () => {
    const rows = await run.sql.query<Record<string, string | null>>(
      `SELECT dealer_id, substring(toString(period_start), 1, 7) AS month, amount, claimed, booked, difference FROM mart_rebates
       WHERE program_id = 'NET' AND booked > 0`,
    );
    const payments = documents.filter(({ kind }) => kind === 'rebate_payment' || kind === 'credit_note');
    expect(rows.reduce((sum, row) => sum + billionths(row['booked'] ?? ''), 0n)).toBe(
      payments.reduce((sum, { amount }) => sum + billionths(amount), 0n),
    );
    for (const row of rows) {
      const is_over = (row['month'] ?? '') < monthOf(now.toISOString());
      const difference = billionths(row['booked'] ?? '') - billionths(row['amount'] ?? '');
      expect(row['difference']).toBe(is_over ? formatDecimal(difference) : null);
    }
  });

  test('the three-way match finds what the model finds', async () => {
    const rows = await run.sql.query<Record<string, unknown>>(
      `SELECT order_id, pair, difference AS amount, since, age_days FROM mart_reconciliation ORDER BY order_id, pair`,
    );
    const wanted = [...new Set(orders.map(({ order_id }) => order_id))]
      .flatMap((order_id) => {
        const of_order = orders.filter((event) => event.order_id === order_id);
        const of_money = documents.filter((event) => event.order_id === order_id);
        const movements: OrderMovement[] = [
          ...of_order.map((event) => ({
            step: stepOf(event.stage),
            amount: formatDecimal(valueOf(event)),
            event_time: event.event_time,
          })),
          ...of_money.map(({ kind, amount, event_time, program_id }) => {
            const is_rebate = kind === 'credit_note' && (program_id ?? '') !== '';
            return { step: stepOf(is_rebate ? 'rebate' : kind), amount, event_time };
          }),
        ];
        const [{ currency } = { currency: '' }] = of_order;
        return threeWayMatch(movements, currency, new Date().toISOString()).map((found) => ({
          order_id,
          ...found,
        }));
      })
      .sort((a, b) =>
        a.order_id === b.order_id ? (a.pair < b.pair ? -1 : 1) : a.order_id < b.order_id ? -1 : 1,
      );
    expect(wanted.length).toBeGreaterThan(50);
    expect(rows).toEqual(wanted);
  });

  test('a document that names no order is open at its dealer, but a credit note that pays a rebate', async () => {
    const account = (
      event_id: string,
      kind: string,
      amount: string,
      days_ago: number,
      more = {},
    ): object => ({
      event_id,
      source: 'finance',
      event_time: iso(now.getTime() - days_ago * DAY),
      dealer_id: 'M9',
      doc_id: event_id,
      kind,
      amount,
      currency: 'CNY',
      ...more,
    });
    await run.deliver('money', [
      account('free-1', 'invoice', '100', 100),
      account('free-2', 'payment', '1', 1),
      account('free-3', 'credit_note', '7', 1, { program_id: 'NET', period: '2026-01' }),
      account('free-4', 'payment', '3', 2, { order_id: '' }),
    ]);
    expect(
      await run.sql.query(
        `SELECT order_id, pair, difference, age_days, age_band FROM mart_reconciliation WHERE dealer_id = 'M9' ORDER BY pair`,
      ),
    ).toEqual([
      { order_id: '', pair: 'invoice_payment', difference: '-96', age_days: 100, age_band: 'over 90' },
      { order_id: '', pair: 'shipment_invoice', difference: '100', age_days: 100, age_band: 'over 90' },
    ]);
  });

  test('statements are those of the model', async () => {
    for (const dealer_id of PARENTS.keys()) {
      const rows = await run.sql.query<Record<string, string>>(
        `SELECT substring(toString(month), 1, 7) AS month, opening, invoiced, paid, credited, rebated, closing
         FROM mart_statements WHERE dealer_id = {dealer_id: String} ORDER BY month`,
        { params: { dealer_id } },
      );
      const own = documents.filter((document) => document.dealer_id === dealer_id);
      expect(rows).toEqual(
        monthStatements(own.map((document) => ({ ...document, month: monthOf(document.event_time) }))),
      );
    }
  });
});
