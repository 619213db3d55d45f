import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClickHouseCases } from '../../dashboard/server/cases/clickhouse-cases.ts';
import { DEALERS } from './processors-channel.ts';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

/** processors/settings/diversion.json */
const PER_DAY = 50;
const BEYOND = 3;
const now = new Date('2026-06-10T12:00:00.000Z');
const at = (hours_ago: number): string => new Date(now.getTime() - hours_ago * 3_600_000).toISOString();
const lots = Array.from({ length: PER_DAY + BEYOND }, (_, n) => `LOT-${n}`);
const [origin, seller] = DEALERS;

/** One unit of each lot, sold by the dealer that it was not shipped to: as likely diverted as not. */
const scans = lots.flatMap((lot, n) => {
  const code = `U-${lot}`;
  const common = { source: 'wms', code, level: 'unit', sku_id: 'S1', lot };
  return [
    { step: 'shipping', event_time: at(80), dealer_id: 'HQ', to_dealer_id: origin.dealer_id },
    { step: 'retail_selling', event_time: at(30), ...placed(seller) },
  ].map(({ step, ...scan }) => ({ ...common, ...scan, event_id: `${step}-${n}`, biz_step: step }));
});
function placed({ dealer_id, lon, lat }: (typeof DEALERS)[number]) {
  return { dealer_id, lon, lat, accuracy_m: 20 };
}

let run: ProcessorsRun;
const days = (): Promise<unknown[]> =>
  run.sql.query('SELECT toString(day) AS day, cases FROM mart_case_budget');

describe('more cases in a day than people can look into', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.overChannel('budget', now, JUDGING_CODES);
    await run.deliver('scan', scans);
    await run.catchUp();
  }, 300_000);
  afterAll(() => run.drop());

  test('as many are raised as the budget allows, and the mart and the list say how many are not', async () => {
    expect(run.alerts()).toHaveLength(PER_DAY);
    expect(await days()).toEqual([{ day: '2026-06-09', cases: BEYOND }]);
    expect(await new ClickHouseCases(run.sql).beyondBudget()).toBe(BEYOND);
  });

  test('one that people have taken up stays when surer ones come, which are all raised when they are as good as proven', async () => {
    const [taken_up] = run.alerts();
    if (taken_up === undefined) throw new Error('there is no case');
    const { alert_id } = taken_up;
    const move = { alert_id, from_state: 'open', to_state: 'acknowledged', actor: 'li.wei' };
    await run.deliver('case_transition', [
      { event_id: 'taken-up', source: 'server', event_time: at(1), ...move },
    ]);
    const more = scans.map((scan) => ({ ...scan, event_id: `more-${scan.event_id}`, code: `V-${scan.lot}` }));
    const others = more.filter(({ lot }) => lot !== taken_up.lot);
    for (const copies of ['V', 'W', 'X'])
      await run.deliver(
        'scan',
        others.map((scan) => ({
          ...scan,
          event_id: `${copies}-${scan.event_id}`,
          code: `${copies}-${scan.code}`,
        })),
      );
    await run.catchUp();
    expect(run.alerts()).toHaveLength(lots.length);
    expect(run.alerts().find((one) => one.alert_id === alert_id)?.lapsed_at).toBeUndefined();
    expect(await days()).toEqual([]);
    expect(await new ClickHouseCases(run.sql).beyondBudget()).toBe(0);
  });
});
