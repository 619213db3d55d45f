import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, floor, HOUR, iso, line, long_ago, now, version } from './price-channel.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

let run: ProcessorsRun;
const AGO_MS = 60 * DAY;
/** Local month of the orders so long ago. */
const MONTH = new Date(now.getTime() - AGO_MS + 8 * HOUR).toISOString().slice(0, 7);
const observed = async (ref: string): Promise<number | undefined> => {
  const [one] = await run.sql.query<{ observed: number }>(
    `SELECT observed FROM mart_dealer_signals WHERE ref = '${ref}'`,
  );
  return one?.observed;
};
const programme = {
  ...version('r1', long_ago),
  ...{ program_id: 'R1', basis: 'net_sales', period: 'month', retroactive: true },
  tiers: [
    { from: 0, rate_pct: 1 },
    { from: 1000, rate_pct: 5 },
  ],
};

describe('prices net of rebate programmes', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd('map-regions'));
    await run.deliver('dealer', [
      {
        ...version('d1', long_ago),
        ...{ dealer_id: 'D1', name: '杭州一号', tier: 1, status: 'active', territory_id: 'T1' },
        adcode: '330100',
      },
    ]);
    await run.deliver('price', [floor('f', 'S3', '100.00', long_ago)]);
  }, 300_000);
  afterAll(() => run.drop());

  test('a month is over for a dealer that orders no more when all others have come a week beyond it', async () => {
    const of_D3 = { dealer_id: 'D3' };
    await run.deliver('rebate_program', [programme]);
    await run.deliver('order', [
      line('T', 'S3', '103.00', AGO_MS, of_D3),
      line('T', 'S3', '103.00', AGO_MS - 60_000, { ...of_D3, event_id: 'T-shipped', stage: 'shipped' }),
    ]);
    await run.catchUp();
    expect(await observed('T / 1')).toBeUndefined();
    await run.deliver('order', [line('Z', 'S3', '130.00', 2 * HOUR)]);
    await run.catchUp();
    expect(await observed('T / 1')).toBeCloseTo(103 * 0.95, 9);
    // What was not known is told late, and the month reckoned anew: of the second tier only 1 % remains.
    await run.deliver('order', [
      line('T', 'S3', '103.00', AGO_MS - 120_000, {
        ...of_D3,
        event_id: 'T-back',
        stage: 'returned',
        qty: 5,
      }),
    ]);
    await run.catchUp();
    expect(await observed('T / 1')).toBeUndefined();
  });

  test('count net of what a programme gives for their month once it is over, and of what was paid for it beyond its best rate', async () => {
    const paid = (event_id: string, amount: string) => ({
      ...{ event_id, source: 'finance', event_time: iso(DAY), dealer_id: 'D1', doc_id: event_id },
      ...{ kind: 'rebate_payment', amount, currency: 'CNY', program_id: 'R1', period: MONTH },
    });
    await run.deliver('order', [line('P', 'S3', '110.00', AGO_MS)]);
    // Of a programme that is not known nobody can say what it promises.
    await run.deliver('money', [
      paid('due', '55.00'),
      paid('more', '121.00'),
      { ...paid('unknown', '900.00'), program_id: 'R9' },
    ]);
    await run.catchUp();
    // 176 paid for 1,100 at 5 %: 121 more than is due, 11 % of 110.
    expect(await observed('P / 1')).toBeCloseTo(97.9, 9);
    // The payment is the last of what is told of it.
    expect(
      run.alerts().find(({ sku_id, origin_dealer_id }) => sku_id === 'S3' && origin_dealer_id === 'D1'),
    ).toMatchObject({
      first_event_time: iso(AGO_MS),
      last_event_time: iso(DAY),
    });
    await run.deliver('order', [line('Q', 'S3', '110.00', AGO_MS)]);
    await run.catchUp();
    // For 2,200 of them 66 are more than is due: 3 %.
    expect(await observed('P / 1')).toBeUndefined();
    await run.deliver('order', [
      line('Q', 'S3', '110.00', AGO_MS - 60_000, { event_id: 'Q-cancelled', stage: 'cancelled' }),
    ]);
    await run.catchUp();
    expect(await observed('P / 1')).toBeCloseTo(97.9, 9);
    // Shipped it reaches the second tier, whose 5 % hold for the whole month, which is over: D1 has ordered since.
    await run.deliver('order', [
      line('P', 'S3', '110.00', AGO_MS - 60_000, { event_id: 'P-shipped', stage: 'shipped' }),
      line('R', 'S3', '103.00', HOUR, { dealer_id: 'D2' }),
      line('R', 'S3', '103.00', HOUR, { dealer_id: 'D2', event_id: 'R-shipped', stage: 'shipped' }),
    ]);
    await run.catchUp();
    expect(await observed('P / 1')).toBeCloseTo(110 * (1 - 0.11 - 0.05), 9);
    // Of a month that is not over a higher tier may yet be reached.
    expect(await observed('R / 1')).toBeUndefined();
    const [rebuilt] = await run.rebuild('price-signals');
    expect(rebuilt?.hash_after).toBe(rebuilt?.hash_before);
    expect(await observed('P / 1')).toBeCloseTo(110 * (1 - 0.11 - 0.05), 9);
  });

  test('what was paid is a share of what was shipped, as long as it is too much for what was ordered as well', async () => {
    const of_D4 = { dealer_id: 'D4' };
    const paid = (event_id: string, amount: string) => ({
      ...{ event_id, source: 'finance', event_time: iso(DAY), dealer_id: 'D4', doc_id: event_id },
      ...{ kind: 'rebate_payment', amount, currency: 'CNY', program_id: 'R1', period: MONTH },
    });
    await run.deliver('order', [
      line('V', 'S3', '110.00', AGO_MS, of_D4),
      line('V', 'S3', '110.00', AGO_MS - 60_000, {
        ...of_D4,
        event_id: 'V-shipped',
        stage: 'shipped',
        qty: 5,
      }),
      line('W', 'S3', '110.00', 3 * HOUR, of_D4),
    ]);
    // 5 % of the 1,100 that were ordered are 10 % of the 550 that were shipped: as the programme has it.
    await run.deliver('money', [paid('of-ordered', '55.00')]);
    await run.catchUp();
    expect(await observed('V / 1')).toBeUndefined();
    await run.deliver('money', [paid('of-shipped', '55.00')]);
    await run.catchUp();
    // Twenty per cent of what was shipped, five of them by the programme, and its one per cent is due besides.
    expect(await observed('V / 1')).toBeCloseTo(110 * (1 - 0.15 - 0.01), 9);
  });

  test('the last day of a programme counts, at whatever hour it ended', async () => {
    // The last local day of the month before that of the orders above.
    const ended_ms = Date.parse(`${MONTH}-01T00:00:00+08:00`) - 1;
    const began_ms = ended_ms - 20 * DAY;
    const of_D6 = { dealer_id: 'D6' };
    const ago_ms = now.getTime() - (ended_ms - 6 * HOUR);
    await run.deliver('rebate_program', [
      {
        ...programme,
        ...version('r2', new Date(began_ms).toISOString()),
        ...{ program_id: 'R2', valid_to: new Date(ended_ms).toISOString() },
      },
    ]);
    await run.deliver('order', [
      line('X', 'S3', '104.00', ago_ms, of_D6),
      line('X', 'S3', '104.00', ago_ms - 60_000, { ...of_D6, event_id: 'X-shipped', stage: 'shipped' }),
      line('Y', 'S3', '130.00', HOUR, of_D6),
    ]);
    await run.catchUp();
    // Five per cent by each of the two programmes.
    expect(await observed('X / 1')).toBeCloseTo(104 * (1 - 0.05 - 0.05), 9);
  });
});
