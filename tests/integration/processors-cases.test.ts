import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseResponses } from '../../dashboard/server/cases/case-responses.ts';
import { ClickHouseCases } from '../../dashboard/server/cases/clickhouse-cases.ts';
import { CaseScans } from '../../dashboard/server/cases/case-scans.ts';
import { differencesOfAccounts, evidenceFiles } from '../../dashboard/server/evidence/evidence-files.ts';
import { EvidenceStore } from '../../dashboard/server/evidence/evidence-store.ts';
import { packOf, verifyPack } from '../../dashboard/server/evidence/pack.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import { UNITS_PER_CASE, channelOf } from './processors-channel.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
const { scans, references } = channelOf('cases', now);

let run: ProcessorsRun;
const kpi = (id: string): LiveRow<'kpis'> | undefined => run.rows<LiveRow<'kpis'>>('kpis').get(id);

describe('cases of diversion', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd('map-regions', 'kpi-open_diversion_cases'));
    for (const { type, event } of references) await run.deliver(type, [event]);
    await run.deliver('scan', scans);
    await run.catchUp();
  }, 300_000);
  afterAll(() => run.drop());

  test('the two cases that turned up in Guangzhou are one case of diversion, the traveller is none', () => {
    const alerts = run.alerts();
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      state: 'open',
      kinds: ['out_of_territory', 'wrong_receiver'],
      origin_dealer_id: 'D1',
      origin_dealer_name: '杭州一号',
      origin_adcode: '330100',
      found_dealer_id: 'D2',
      found_adcode: '440100',
      sku_id: 'S1',
      lot: 'LOT-7',
      units: 2 * UNITS_PER_CASE,
      // 8 units at the list price of 30.10.
      value: '240.80',
      currency: 'CNY',
    });
    expect(alerts[0]?.codes).toHaveLength(6);
    expect(alerts[0]?.confidence).toBeGreaterThan(0.99);
    expect(kpi('open_diversion_cases')?.value).toBe(1);
    expect(run.rows('map').get('arc:330100:440100')).toMatchObject({
      cases: 1,
      units: 8,
      severity: 'warning',
    });
  });

  test('its evidence tells every scan of its codes with its delivery, the territory as it was, and verifies', async () => {
    const [stored] = run.alerts();
    if (stored === undefined) throw new Error('there is no case');
    const evidence = await new EvidenceStore(run.sql).of(stored);
    expect(evidence.is_cut).toBe(false);
    const expected = scans.filter(({ code }) => stored.codes.includes(code));
    expect(evidence.scans.map(({ event_id }) => event_id).sort()).toEqual(
      expected.map(({ event_id }) => event_id).sort(),
    );
    for (const scan of evidence.scans) {
      const [found] = await run.sql.query<{ event_id: string }>(
        'SELECT event_id FROM raw_scans WHERE _topic = {topic: String} AND _partition = {partition: UInt32} AND _offset = {offset: UInt64}',
        {
          params: {
            topic: scan['kafka_topic'],
            partition: scan['kafka_partition'],
            offset: scan['kafka_offset'],
          },
        },
      );
      expect(found?.event_id).toBe(scan.event_id);
    }
    expect(evidence.signals.length).toBeGreaterThanOrEqual(stored.codes.length);
    expect(evidence.territories).toMatchObject([{ territory_id: 'T-33', adcodes: ['330000'] }]);

    const rules = { version: '0', cases_per_day_max: 50 };
    const files = evidenceFiles(evidence, rules);
    const again = evidenceFiles(await new EvidenceStore(run.sql).of(stored), rules);
    expect(packOf(again).digest).toBe(packOf(files).digest);
    const verdict = verifyPack(packOf(files).bytes);
    expect(verdict.faults).toEqual([]);
    expect(differencesOfAccounts(verdict.files)).toEqual([]);
    const fewer = evidenceFiles({ ...evidence, scans: evidence.scans.slice(1) }, rules);
    expect(
      differencesOfAccounts({ ...files, 'scans.csv': fewer['scans.csv'] ?? new Uint8Array() }),
    ).toHaveLength(1);
  });

  test('its way is told scan by scan, page by page: the containers’ shipments too, and what the rules say of each', async () => {
    const [stored] = run.alerts();
    if (stored === undefined) throw new Error('there is no case');
    const store = new CaseScans(run.sql);
    const all = await store.list(stored, 500);
    expect(all.map(({ event_time }) => event_time)).toEqual(
      all.map(({ event_time }) => event_time).toSorted(),
    );
    const own = scans.filter(({ code }) => stored.codes.includes(code));
    expect(all.length).toBeGreaterThanOrEqual(own.length);
    expect(all).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ biz_step: 'shipping', to_dealer_id: 'D1', kinds: [] }),
        expect.objectContaining({
          biz_step: 'receiving',
          dealer_id: 'D2',
          found_adcode: '440100',
          kinds: ['out_of_territory', 'wrong_receiver'],
        }),
      ]),
    );
    const paged: typeof all = [];
    for (;;) {
      const page = await store.list(stored, 3, paged.at(-1));
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(all);
  });

  test('a move of a case shows in its state, over HTTP’s queries too', async () => {
    const [alert] = run.alerts();
    const alert_id = alert?.alert_id ?? '';
    const event_time = new Date(now.getTime() + 1_000).toISOString();
    await run.deliver('case_transition', [
      {
        event_id: 'move-1',
        source: 'server',
        event_time,
        alert_id,
        from_state: 'open',
        to_state: 'dismissed',
        actor: 'admin',
        reason: 'an approved transfer',
      },
    ]);
    await run.catchUp();
    expect(kpi('open_diversion_cases')?.value).toBe(1); // moved a second after the clock of this run
    expect(run.rows('map').has('arc:330100:440100')).toBe(false);
    const [row] = await run.sql.queryFile<{ alert: string }>('queries/server/alert.sql', {
      params: { alert_id },
    });
    expect(JSON.parse(row?.alert ?? '{}')).toMatchObject({
      state: 'dismissed',
      reason: 'an approved transfer',
      updated_at: event_time,
      value: '240.80',
    });
  });

  test('what people said of a case is counted for its rules, and a case is with whom it was given to last', async () => {
    const rules = () =>
      run.sql.query<{ kind: string; confirmed: number; dismissed: number; precision: number | null }>(
        `SELECT kind, toUInt32(confirmed) AS confirmed, toUInt32(dismissed) AS dismissed, precision, reason
         FROM mart_diversion_rules ORDER BY kind`,
      );
    const [alert] = run.alerts();
    const alert_id = alert?.alert_id ?? '';
    const told = (dismissed: number, precision: number | null) =>
      ['out_of_territory', 'wrong_receiver'].map((kind) => ({
        ...{ kind, confirmed: 0, dismissed, precision },
        reason: precision === null ? 'no verdict yet' : '',
      }));
    expect(await rules()).toEqual(told(1, 0));
    const move = (event_id: string, seconds: number, fields: object) => ({
      event_id,
      source: 'server',
      event_time: new Date(now.getTime() + seconds * 1_000).toISOString(),
      alert_id,
      from_state: 'dismissed',
      to_state: 'dismissed',
      actor: 'admin',
      ...fields,
    });
    await run.deliver('case_transition', [
      move('give-1', 2, { assignee: 'li.wei', reason: 'duplicate of another' }),
      move('stay-1', 3, { reason: 'duplicate of another' }),
    ]);
    await run.catchUp();
    expect(await rules()).toEqual(told(0, null));
    const assigned = () =>
      run.sql.query('SELECT assignee FROM mart_diversion_cases WHERE alert_id = {alert_id: String}', {
        params: { alert_id },
      });
    expect(await assigned()).toEqual([{ assignee: 'li.wei' }]);
    await run.deliver('case_transition', [move('give-2', 4, { assignee: '' })]);
    await run.catchUp();
    expect(await assigned()).toEqual([{ assignee: '' }]);
  });

  test('time to detect, time to resolve and precision are told by day and kind, of each case by its first verdict since it was open', async () => {
    const [alert] = run.alerts();
    const told = () =>
      run.sql.query<{ mttd_h: number; mttr_h: number | null }>(
        `SELECT kind, toUInt32(raised) AS raised, mttd_h, toUInt32(closed) AS closed, toUInt32(confirmed) AS confirmed, precision, mttr_h, reason
         FROM mart_case_response ORDER BY kind`,
      );
    const kinds = ['', 'out_of_territory', 'wrong_receiver'];
    const resolved = await told();
    expect(resolved).toMatchObject(
      kinds.map((kind) => ({ kind, raised: 1, closed: 1, confirmed: 0, precision: 0, reason: '' })),
    );
    const detected_ms = Date.parse(alert?.raised_at ?? '') - Date.parse(alert?.first_event_time ?? '');
    // Dismissed a second after the clock of this run; what was said of it after that is no second end.
    for (const { mttd_h, mttr_h } of resolved)
      expect([mttd_h, mttr_h]).toEqual([
        expect.closeTo(detected_ms / HOUR, 9),
        expect.closeTo(1_000 / HOUR, 9),
      ]);
    const responses = await new CaseResponses(run.sql, 'Asia/Shanghai').list(28);
    const figures = { raised: 1, alerts_per_day: 1 / 28, closed: 1, confirmed: 0, precision: 0 };
    expect(responses).toMatchObject([
      figures,
      { kind: 'out_of_territory', ...figures },
      { kind: 'wrong_receiver', ...figures },
    ]);
    expect(responses[0]?.mttd_h).toBeCloseTo(detected_ms / HOUR, 9);
    await run.deliver('case_transition', [
      {
        event_id: 'again-1',
        source: 'server',
        event_time: new Date(now.getTime() + 5_000).toISOString(),
        alert_id: alert?.alert_id,
        from_state: 'dismissed',
        to_state: 'investigating',
        actor: 'admin',
      },
    ]);
    expect(await told()).toMatchObject(
      kinds.map((kind) => ({
        ...{ kind, raised: 1, closed: 0, precision: null, mttr_h: null },
        reason: 'no case was closed that day',
      })),
    );
  });

  test('a shipment that arrives late explains a scan: the case is withdrawn while nobody has taken it up', async () => {
    const shipped_at =
      scans.find((one) => one.code === 'CASE-D3-0' && one.biz_step === 'shipping')?.event_time ?? '';
    const place = { lon: 113.27, lat: 23.13, accuracy_m: 10, dealer_id: 'D2', sku_id: 'S2', lot: 'LOT-9' };
    const scan = (event_id: string, hours: number, fields: object) => ({
      event_id,
      source: 'late',
      code: 'CASE-LATE',
      level: 'case',
      dealer_id: 'HQ',
      sku_id: 'S2',
      lot: 'LOT-9',
      event_time: new Date(Date.parse(shipped_at) + hours * HOUR).toISOString(),
      ...fields,
    });
    await run.deliver('scan', [
      scan('l1', 0, { biz_step: 'shipping', to_dealer_id: 'D3' }),
      scan('l2', 30, { biz_step: 'receiving', ...place }),
    ]);
    await run.catchUp();
    const about = (sku: string) => run.alerts().filter((a) => a.sku_id === sku);
    expect(about('S2')).toMatchObject([{ origin_dealer_id: 'D3', found_dealer_id: 'D2' }]);
    const cases = new ClickHouseCases(run.sql);
    const alert_id = about('S2')[0]?.alert_id ?? '';
    expect(await cases.wasWithdrawn(alert_id)).toBe(false);
    await run.deliver('scan', [scan('l3', 20, { biz_step: 'shipping', to_dealer_id: 'D2' })]);
    await run.catchUp();
    expect(about('S2')).toEqual([]);
    // Who comes back to it is told why it is gone.
    expect(await cases.find(alert_id)).toBeUndefined();
    expect(await cases.wasWithdrawn(alert_id)).toBe(true);
    expect(await cases.wasWithdrawn('dv-nobody')).toBe(false);
  });

  test('a device that knows its place to 260 km says nothing of a dealer whose address lies within them', async () => {
    const nanjing = { lon: 118.8, lat: 32.06 };
    const counted = (unit: number, accuracy_m: number) => ({
      event_id: `rough-${unit}`,
      source: 'counts',
      event_time: new Date(now.getTime() - HOUR).toISOString(),
      code: `CASE-D1-5-U${unit}`,
      level: 'unit',
      sku_id: 'S1',
      biz_step: 'stock_taking',
      dealer_id: 'D1',
      ...nanjing,
      accuracy_m,
    });
    await run.deliver('scan', [counted(2, 260_000), counted(3, 20)]);
    await run.catchUp();
    const p_inside = await run.sql.query<{ p_inside: number }>(
      "SELECT p_inside FROM mart_diversion_signals WHERE source = 'counts' ORDER BY event_id",
    );
    expect(p_inside).toEqual([{ p_inside: 0.95 }, { p_inside: expect.closeTo(0.03, 2) as number }]);
  });
});
