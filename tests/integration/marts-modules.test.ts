import { afterAll, describe, expect, test } from 'vitest';
import type { EventTypeName } from '../../models/contract/registry.ts';
import { martsChannel, runChannel } from './marts-channel.ts';
import type { ProcessorsRun } from './processors-run.ts';

/** D17: with each feed left out in turn its own figures say so, and all others are what they were. */
const now = new Date();
const channel = martsChannel(now);
const FEEDS = [
  'order',
  'scan',
  'stock',
  'money',
  'activity',
  'price',
] as const satisfies readonly EventTypeName[];

/**
 * One number of each figure that does not move with the clock: a digest of its rows, and how many values are known. A figure
 * that is off must have no known value.
 */
const FIGURES: Readonly<
  Record<string, { readonly definition: string; readonly known: string; readonly digest: string }>
> = {
  mart_flow: {
    definition: 'sell-through',
    known: 'sell_through IS NOT NULL',
    digest: 'dealer_id, sku_id, sell_through',
  },
  mart_channel_stock: {
    definition: 'channel stock',
    known: 'difference_qty IS NOT NULL',
    digest: 'dealer_id, sku_id, difference_qty',
  },
  mart_sku_classes: { definition: 'product classes', known: '1', digest: 'sku_id, abc, xyz, value' },
  mart_order_speed: { definition: 'order speed', known: '1', digest: 'placed_day, lines, cycle_p50_h' },
  mart_price_compliance: {
    definition: 'price compliance',
    known: 'stability IS NOT NULL',
    digest: 'month, dealer_id, violations, stability',
  },
  mart_reconciliation: {
    definition: 'three-way match',
    known: "pair = 'shipment_invoice' AND difference IS NOT NULL",
    digest: 'order_id, pair, difference',
  },
  mart_statements: { definition: 'statements', known: '1', digest: 'dealer_id, month, closing' },
  mart_concentration: {
    definition: 'concentration and cross-sell',
    known: 'hhi IS NOT NULL',
    digest: 'dealer_id, top1_share',
  },
  mart_order_channels: { definition: 'orders by channel', known: '1', digest: 'month, channel, orders' },
  mart_return_cycles: { definition: 'returns and trainings', known: '1', digest: 'month, requested, closed' },
  mart_lead_conversion: { definition: 'lead conversion', known: '1', digest: 'cohort, leads, won' },
  mart_capital_days: { definition: 'capital tied up', known: '1', digest: 'day, dealer_id, capital' },
  mart_licences: { definition: 'licences', known: 'days_left IS NOT NULL', digest: 'dealer_id, days_left' },
  mart_fill_days: { definition: 'fill rate', known: '1', digest: 'due_day, dealer_id, sku_id, filled_qty' },
  mart_stage_dwell: { definition: 'stage dwell', known: '1', digest: 'stage, open_lines, loops_28d' },
  mart_onboarding: {
    definition: 'onboarding',
    known: "reason = ''",
    digest: 'dealer_id, step, to_login_d, to_order_d, to_scan_d',
  },
};

interface Answer {
  readonly known: number;
  readonly digest: string;
}

const runs: ProcessorsRun[] = [];
afterAll(async () => {
  for (const run of runs) await run.drop();
});

async function answersOf(without: readonly EventTypeName[]) {
  const run = await runChannel(now, channel, without);
  runs.push(run);
  const answers = new Map<string, Answer>();
  for (const [view, { known, digest }] of Object.entries(FIGURES)) {
    const [answer] = await run.sql.query<Answer>(
      `SELECT countIf(${known}) AS known, toString(groupBitXor(sipHash64(toString(tuple(${digest}))))) AS digest FROM ${view}`,
    );
    if (answer) answers.set(view, answer);
  }
  const modules = await run.sql.query<{
    figure: string;
    is_on: boolean;
    reason: string;
    missing_feeds: string[];
    feeds: string[];
  }>('SELECT figure, is_on, reason, missing_feeds, feeds FROM mart_modules');
  return { run, answers, modules };
}

const whole = answersOf([]);

test('with every feed here, every figure of them is on, and each is known', async () => {
  const { answers, modules } = await whole;
  const provided = new Set<string>([...FEEDS, 'dealer', 'product']);
  for (const { figure, feeds, is_on, reason } of modules) {
    const is_whole = feeds.every((feed) => provided.has(feed));
    expect({ figure, is_on, has_reason: reason !== '' }).toEqual({
      figure,
      is_on: is_whole,
      has_reason: !is_whole,
    });
  }
  for (const [view, { known }] of answers)
    expect({ view, is_known: known > 0 }).toEqual({ view, is_known: true });
});

describe.each(FEEDS)('without %s', (feed) => {
  test('its figures are off and say why; the others are on and unchanged', async () => {
    const before = await whole;
    const { run, answers, modules } = await answersOf([feed]);
    for (const one of modules) {
      const was = before.modules.find(({ figure }) => figure === one.figure);
      const needs = one.feeds.includes(feed);
      expect({ figure: one.figure, off: one.missing_feeds.includes(feed) }).toEqual({
        figure: one.figure,
        off: needs,
      });
      if (needs) expect(one.reason).toContain(feed);
      else expect(one).toEqual(was);
    }
    for (const [view, { definition }] of Object.entries(FIGURES)) {
      const module = modules.find(({ figure }) => figure === definition);
      expect(module, definition).toBeDefined();
      const answer = answers.get(view);
      if (module?.feeds.includes(feed)) expect({ view, known: answer?.known }).toEqual({ view, known: 0 });
      else expect({ view, ...answer }).toEqual({ view, ...before.answers.get(view) });
    }
    // What has a row although its feed is missing has a reason with it.
    for (const [view, value] of [
      ['mart_flow', 'sell_through'],
      ['mart_channel_stock', 'difference_qty'],
      ['mart_price_compliance', 'stability'],
      ['mart_reconciliation', 'difference'],
      ['mart_dealer_score', 'score'],
      ['mart_cohorts', 'value'],
      ['mart_dealer_score_parts', 'value'],
    ]) {
      expect({
        view,
        rows: await run.sql.query(
          `SELECT * FROM ${view ?? ''} WHERE (${value ?? ''} IS NULL) AND reason = '' LIMIT 3`,
        ),
      }).toEqual({ view, rows: [] });
    }
  });
});
