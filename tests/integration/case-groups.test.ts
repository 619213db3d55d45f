import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClickHouseCases } from '../../dashboard/server/cases/clickhouse-cases.ts';
import { differencesOfAccounts, evidenceFiles } from '../../dashboard/server/evidence/evidence-files.ts';
import { EvidenceStore } from '../../dashboard/server/evidence/evidence-store.ts';
import { packOf, verifyPack } from '../../dashboard/server/evidence/pack.ts';
import type { Alert } from '../../models/contract/alert.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import { UNITS_PER_CASE, channelOf } from './processors-channel.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
const { scans, references } = channelOf('case-groups', now);
const GUANGZHOU = { lon: 113.27, lat: 23.13, accuracy_m: 10, dealer_id: 'D2' };

let run: ProcessorsRun;
let minutes = 0;
let cases: ClickHouseCases;
/** The lead is about S1 of D1, the others about S2 and S3 of D3, all found in Guangzhou. */
let lead: Alert;
let second: Alert;
let third: Alert;

const live = (): string[] => [...run.rows<LiveRow<'alerts'>>('alerts').keys()].sort();
const kpi = () => run.rows<LiveRow<'kpis'>>('kpis').get('open_diversion_cases')?.value;
const at = (seconds: number): string => new Date(now.getTime() + seconds * 1_000).toISOString();
const said = (event_id: string, seconds: number, action: 'merge' | 'split', members: readonly Alert[]) => ({
  event_id,
  source: 'dealerstream-server',
  event_time: at(seconds),
  lead_alert_id: lead.alert_id,
  action,
  member_ids: members.map(({ alert_id }) => alert_id),
  actor: 'wang.fang',
  reason: 'one van',
});
const about = async (sku_id: string): Promise<Alert> => {
  const found = (await cases.list({ limit: 10 })).find((one) => one.sku_id === sku_id);
  if (found === undefined) throw new Error(`no case about ${sku_id}`);
  return found;
};
const stored = async ({ alert_id }: Alert): Promise<Alert> => {
  const found = await cases.find(alert_id);
  if (found === undefined) throw new Error(`${alert_id} is gone`);
  return found;
};
/** Says it, lets the processors take it in, and looks, a minute later each time. */
async function say(...events: readonly object[]): Promise<void> {
  minutes += 1;
  run.moveTo(new Date(now.getTime() + minutes * 60_000));
  await run.deliver('case_grouping', events);
  await run.catchUp();
}

describe('cases that people merge', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd('kpi-open_diversion_cases'));
    cases = new ClickHouseCases(run.sql);
    for (const { type, event } of references) await run.deliver(type, [event]);
    const shipped_ms = now.getTime() - 100 * HOUR;
    const more = ['S2', 'S3'].flatMap((sku_id) => {
      const code = `CASE-${sku_id}`;
      const scan = { source: 'more', code, level: 'case', sku_id, lot: 'LOT-9' };
      const time = (hours: number): string => new Date(shipped_ms + hours * HOUR).toISOString();
      return [
        {
          ...scan,
          event_id: `${code}-1`,
          event_time: time(0),
          biz_step: 'shipping',
          dealer_id: 'HQ',
          to_dealer_id: 'D3',
        },
        { ...scan, ...GUANGZHOU, event_id: `${code}-2`, event_time: time(30), biz_step: 'receiving' },
      ];
    });
    await run.deliver('scan', [...scans, ...more]);
    await run.catchUp();
    [lead, second, third] = [await about('S1'), await about('S2'), await about('S3')];
  }, 300_000);
  afterAll(() => run.drop());

  test('they are one on the board and in the counts, over the goods of all; each member points to its lead', async () => {
    expect(live()).toHaveLength(3);
    await say(said('g1', 1, 'merge', [second, third]));
    expect(live()).toEqual([lead.alert_id]);
    expect(kpi()).toBe(1);
    const whole = await stored(lead);
    expect(whole).toMatchObject({
      alert_id: lead.alert_id,
      origin_dealer_id: 'D1',
      sku_id: 'S1',
      member_ids: [second.alert_id, third.alert_id].sort(),
      units: lead.units + 2 * UNITS_PER_CASE,
      raised_at: lead.raised_at,
    });
    expect(new Set(whole.codes)).toEqual(new Set([...lead.codes, ...second.codes, ...third.codes]));
    expect(Number(whole.value)).toBeCloseTo(
      [lead, second, third].reduce((sum, { value }) => sum + Number(value), 0),
      6,
    );
    expect(await stored(second)).toMatchObject({
      merged_into: lead.alert_id,
      state: 'open',
      units: second.units,
    });
    expect(await cases.list({ limit: 10 })).toEqual([whole]);
    expect(
      (await cases.list({ limit: 10, merged_into: lead.alert_id })).map(({ sku_id }) => sku_id).sort(),
    ).toEqual(['S2', 'S3']);
  });

  test('its evidence tells the scans of all and who merged them, and verifies', async () => {
    const evidence = await new EvidenceStore(run.sql).of(await stored(lead));
    for (const { codes } of [lead, second, third])
      for (const code of codes) expect(evidence.scans.map((scan) => scan['code'])).toContain(code);
    expect(evidence.members).toMatchObject([{}, {}]);
    expect(
      new Set(evidence.signals.map((signal) => (signal as { origin_dealer_id?: string }).origin_dealer_id)),
    ).toEqual(new Set(['D1', 'D3']));
    expect(evidence.moves).toMatchObject([
      { action: 'merge', actor: 'wang.fang', reason: 'one van', alert_id: lead.alert_id },
    ]);
    const pack = packOf(evidenceFiles(evidence, { version: '0', cases_per_day_max: 50 }));
    const verdict = verifyPack(pack.bytes);
    expect([verdict.faults, differencesOfAccounts(verdict.files)]).toEqual([[], []]);
    expect(Object.keys(verdict.files)).toContain('members.json');
  });

  test('webhooks are told of the lead alone, and what people say of it counts once for its rules', async () => {
    const due = await run.sql.queryFile<{ alert_id: string }>('queries/webhooks/due.sql', {
      params: {
        target: 'none',
        now,
        states: ['open'],
        severities: ['critical', 'warning', 'info'],
        kinds: [],
        passed: true,
        limit: 20,
      },
    });
    expect(due.map(({ alert_id }) => alert_id)).toEqual([lead.alert_id]);
    await run.deliver('case_transition', [
      {
        event_id: 'm1',
        source: 'dealerstream-server',
        event_time: at(2),
        alert_id: lead.alert_id,
        from_state: 'open',
        to_state: 'confirmed',
        actor: 'wang.fang',
      },
    ]);
    await run.catchUp();
    const rules = await run.sql.query<{ kind: string; cases: number; confirmed: number }>(
      'SELECT kind, toUInt32(cases) AS cases, toUInt32(confirmed) AS confirmed FROM mart_diversion_rules ORDER BY kind',
    );
    expect(rules).toEqual(
      ['out_of_territory', 'wrong_receiver'].map((kind) => ({ kind, cases: 1, confirmed: 1 })),
    );
  });

  test('the cases made anew from the ledger are the same', async () => {
    const before = await Promise.all([lead, second, third].map(stored));
    await run.sql.command('TRUNCATE TABLE raw_mart_diversion_cases');
    await run.restart();
    await run.catchUp();
    // The verdicts on the cases teach once the cases are there.
    minutes += 1;
    run.moveTo(new Date(now.getTime() + minutes * 60_000));
    await run.catchUp();
    // When a case was raised is known of no ledger.
    const told = (one: Alert) => ({ ...one, raised_at: '', updated_at: '' });
    expect((await Promise.all([lead, second, third].map(stored))).map(told)).toEqual(before.map(told));
  });

  test('split off, each stands alone as it was; a late word from before changes nothing, in whatever order they come', async () => {
    // The later word comes first: split after merge, by their event times.
    await say(said('g3', 20, 'split', [second]));
    await say(said('g2', 10, 'merge', [second]));
    expect(await stored(second)).toMatchObject({ state: 'open', units: second.units, value: second.value });
    expect(await stored(second)).not.toHaveProperty('merged_into');
    expect(await stored(lead)).toMatchObject({ state: 'confirmed', member_ids: [third.alert_id] });
    expect(live()).toEqual([lead.alert_id, second.alert_id].sort());
    expect(kpi()).toBe(1);
  });

  test('a member that later data explain is no part of it any more, and the lead stands without its goods', async () => {
    const shipment = new Date(now.getTime() - 80 * HOUR).toISOString();
    await run.deliver('scan', [
      {
        event_id: 'late',
        source: 'more',
        code: 'CASE-S3',
        level: 'case',
        sku_id: 'S3',
        lot: 'LOT-9',
        biz_step: 'shipping',
        dealer_id: 'HQ',
        to_dealer_id: 'D2',
        event_time: shipment,
      },
    ]);
    await run.catchUp();
    expect(await stored(lead)).toMatchObject({ units: lead.units, codes: lead.codes });
  });
});
