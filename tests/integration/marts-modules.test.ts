import { afterAll, describe, expect, test } from 'vitest';
import { POSTED_TYPES } from '../../models/contract/registry.ts';
import { DAY, SKUS, martsChannel, runChannel, type MartsChannel } from './marts-channel.ts';
import type { ProcessorsRun } from './processors-run.ts';

/** D17: with each feed left out in turn its own figures say so, and all others are what they were. */
const now = new Date();
const channel = withTerms(martsChannel(now));
/** Every feed that an installation may lack. */
const FEEDS = POSTED_TYPES.map(({ type }) => type);

/** The channel with a rebate programme over two levels and a promotion. */
function withTerms(base: MartsChannel): MartsChannel {
  const long_ago = new Date(now.getTime() - 400 * DAY).toISOString();
  const version = { source: 'mdm', event_time: long_ago, valid_from: long_ago };
  const program = {
    ...version,
    event_id: 'r1',
    program_id: 'NET',
    basis: 'net_sales',
    period: 'month',
    tiers: [{ from: 0, rate_pct: 2 }],
    retroactive: false,
    split: [
      { level: 0, share_pct: 80 },
      { level: 1, share_pct: 20 },
    ],
  };
  const promotion = {
    ...version,
    event_id: 'q1',
    promo_id: 'Q1',
    sku_ids: ['S1'],
    territory_ids: [],
    starts: long_ago,
    ends: new Date(now.getTime() + DAY).toISOString(),
    discount_pct: 5,
  };
  // One dealer has more than the others lack, so that there is something to share.
  const surplus = SKUS.map((sku_id) => ({
    event_id: `surplus-${sku_id}`,
    source: 'wms',
    event_time: new Date(now.getTime() - DAY).toISOString(),
    dealer_id: 'D2',
    location_id: 'spare',
    sku_id,
    on_hand: 100_000,
    in_transit: 0,
    committed: 0,
    unit_cost: '1.00',
    currency: 'CNY' as const,
  }));
  return {
    ...base,
    stock: [...base.stock, ...surplus],
    references: [
      ...base.references,
      { type: 'rebate_program', event: program },
      { type: 'promotion', event: promotion },
    ],
  };
}

interface Figure {
  readonly definition: string;
  readonly known: string;
  readonly digest: string;
  /** A column that is null only where `reason` says why. */
  readonly value?: string;
}

/**
 * One number of each figure that does not move with the clock: a digest of its rows, and how many values are known. A figure
 * that is off must have no known value.
 */
const FIGURES: Readonly<Record<string, Figure>> = {
  mart_turnover: {
    definition: 'inventory turnover',
    known: 'turnover_per_year IS NOT NULL',
    digest: 'dealer_id, currency, cogs',
    value: 'days_sales_of_inventory',
  },
  mart_days_of_supply: {
    definition: 'days of supply',
    known: 'days_of_supply IS NOT NULL',
    digest: 'dealer_id, sku_id, days_of_supply',
    value: 'days_of_supply',
  },
  mart_slow_movers: {
    definition: 'slow movers',
    known: 'age_days IS NOT NULL',
    digest: 'dealer_id, sku_id, value, is_slow',
  },
  mart_stockout_days: {
    definition: 'stock-outs',
    known: 'stockout_share IS NOT NULL',
    digest: 'day, ranged, stocked_out',
  },
  mart_lost_sales: {
    definition: 'lost sales',
    known: 'lost_qty IS NOT NULL',
    digest: 'dealer_id, sku_id, lost_qty',
  },
  mart_stock_sharing: {
    definition: 'stock sharing',
    known: 'shared_qty IS NOT NULL',
    digest: 'sku_id, short_dealer_id, surplus_dealer_id, shared_qty',
  },
  mart_rebates: {
    definition: 'rebates',
    known: 'booked IS NOT NULL',
    digest: 'program_id, dealer_id, period_start, amount, booked',
  },
  mart_rebate_split: {
    definition: 'multi-tier split',
    known: "reason = ''",
    digest: 'program_id, earned_by, period_start, dealer_id, amount',
  },
  mart_diversion_cases: {
    definition: 'diversion cases',
    // Cases of other kinds need neither dealers nor their territories.
    known: "has(kinds, 'out_of_territory')",
    digest: 'alert_id, kinds, units',
  },
  mart_freight: {
    definition: 'emergency freight',
    known: '1',
    digest: 'month, dealer_id, orders, expedited_share',
  },
  mart_flow: {
    definition: 'sell-through',
    known: 'sell_through IS NOT NULL',
    digest: 'dealer_id, sku_id, sell_through',
    value: 'sell_through',
  },
  mart_channel_stock: {
    definition: 'channel stock',
    known: 'difference_qty IS NOT NULL',
    digest: 'dealer_id, sku_id, difference_qty',
    value: 'difference_qty',
  },
  mart_sku_classes: { definition: 'product classes', known: '1', digest: 'sku_id, abc, xyz, value' },
  mart_order_speed: {
    definition: 'order speed',
    known: '1',
    digest: 'placed_day, lines, cycle_p50_h',
    value: 'cycle_p50_h',
  },
  mart_price_compliance: {
    definition: 'price compliance',
    known: 'stability IS NOT NULL',
    digest: 'month, dealer_id, violations, stability',
    value: 'stability',
  },
  mart_reconciliation: {
    definition: 'three-way match',
    known: "pair = 'shipment_invoice' AND difference IS NOT NULL",
    digest: 'order_id, pair, difference',
    value: 'difference',
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

/** Values that are null only where `reason` says why, of figures that move with the clock. */
const VALUES: Readonly<Record<string, string>> = {
  mart_diversion_rules: 'precision_90d',
  mart_dealer_score: 'score',
  mart_cohorts: 'value',
  mart_dealer_score_parts: 'value',
};

interface Answer {
  readonly known: number;
  readonly digest: string;
}

const isUnexplained = (value: string): string => `${value} IS NULL AND reason = ''`;

let used: ProcessorsRun | null = null;
afterAll(async () => {
  await used?.drop();
});

/** In the database of the time before, emptied. */
async function answersOf(without: readonly string[]) {
  await used?.empty();
  const run = (used = await runChannel(now, channel, without, used));
  const answers = new Map<string, Answer>();
  const unexplained = new Map<string, number>();
  // All that is asked of a view in one statement: to analyse it takes longer than its few rows.
  for (const [view, { known, digest, value }] of Object.entries(FIGURES)) {
    const [answer] = await run.sql.query<Answer & { readonly unexplained: number }>(
      `SELECT countIf(${known}) AS known, toString(groupBitXor(sipHash64(toString(tuple(${digest}))))) AS digest,
         countIf(${value === undefined ? 'false' : isUnexplained(value)}) AS unexplained
       FROM ${view}`,
    );
    if (answer === undefined) continue;
    answers.set(view, { known: answer.known, digest: answer.digest });
    if (value !== undefined) unexplained.set(view, answer.unexplained);
  }
  const modules = await run.sql.query<{
    figure: string;
    is_on: boolean;
    reason: string;
    missing_feeds: string[];
    feeds: string[];
  }>('SELECT figure, is_on, reason, missing_feeds, feeds FROM mart_modules');
  return { run, answers, unexplained, modules };
}

const whole = answersOf([]);

test('with every feed here, every figure of them is on, and each is known', async () => {
  const { answers, modules } = await whole;
  for (const { figure, is_on, reason } of modules)
    expect({ figure, is_on, reason }).toEqual({ figure, is_on: true, reason: '' });
  for (const [view, { known }] of answers)
    expect({ view, is_known: known > 0 }).toEqual({ view, is_known: true });
});

describe.each(FEEDS)('without %s', (feed) => {
  test('its figures are off and say why; the others are on and unchanged', async () => {
    const before = await whole;
    const { run, answers, unexplained, modules } = await answersOf([feed]);
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
    for (const [view, value] of Object.entries(VALUES)) {
      const [row] = await run.sql.query<{ n: number }>(
        `SELECT count() AS n FROM ${view} WHERE ${isUnexplained(value)}`,
      );
      if (row) unexplained.set(view, row.n);
    }
    expect(unexplained.size).toBe(11);
    for (const [view, rows] of unexplained) expect({ view, rows }).toEqual({ view, rows: 0 });
  });
});
