import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaseScans } from '../../dashboard/server/cases/case-scans.ts';
import { EvidenceStore } from '../../dashboard/server/evidence/evidence-store.ts';
import type { ScanEvent } from '../../models/contract/events/scan.ts';
import { checkDigit } from '../../models/gs1/check-digit.ts';
import { digitalLink, readGs1 } from '../../models/gs1/identifier.ts';
import { createLogger } from '../../ingest/program/program.ts';
import { emptyMart } from '../../processors/loop/empty-mart.ts';
import { codeJourneys } from '../../processors/marts/code-journeys.ts';
import { readSettings } from '../../processors/settings/settings.ts';
import { Random } from '../../simulator/random.ts';
import { DEALERS, channelOf } from './processors-channel.ts';
import { ProcessorsRun, TIME_ZONE, casesAnd } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
const PREFIX = '9506000';

/** Unit `n` and the carton that it is packed in, each in every spelling. */
function spellingsOf(n: number): Record<'unit' | 'carton', { urn: string; link: string; bare: string }> {
  const item = `${PREFIX}13435`;
  const gtin = `0${item}${checkDigit(`0${item}`)}`;
  const serial = String(100 + n);
  const digits = `3${PREFIX}${String(n).padStart(9, '0')}`;
  const sscc = digits + checkDigit(digits);
  return {
    unit: {
      urn: `urn:epc:id:sgtin:${PREFIX}.013435.A%2F${serial}`,
      link: `https://wx.example.cn/p/01/${gtin}/10/L7/21/A%2F${serial}?from=wx`,
      bare: `(01)${gtin}(10)L7(21)A/${serial}`,
    },
    carton: {
      urn: `urn:epc:id:sscc:${PREFIX}.3${digits.slice(8)}`,
      link: `http://id.gs1.org/00/${sscc}`,
      bare: `(00)${sscc}`,
    },
  };
}

/** Six units in two cartons, shipped to D1 under one spelling and found at D2 under others. */
function scansOf(): ScanEvent[] {
  const [, away] = DEALERS;
  const scans: ScanEvent[] = [];
  const scan = (code: string, biz_step: ScanEvent['biz_step'], hours: number, rest: Partial<ScanEvent>) =>
    scans.push({
      event_id: `sp-${scans.length}`,
      source: 'wms',
      event_time: new Date(now.getTime() - hours * HOUR).toISOString(),
      dealer_id: 'HQ',
      code,
      level: code.includes('sscc') || code.includes('/00/') ? 'case' : 'unit',
      biz_step,
      sku_id: 'S1',
      ...rest,
    });
  for (let n = 0; n < 6; n += 1) {
    const { unit } = spellingsOf(n);
    const { carton } = spellingsOf(n % 2);
    scan(n < 3 ? unit.urn : unit.bare, 'packing', 100, { parent_code: carton.urn, lot: 'LOT-9' });
    const at = { lon: away.lon, lat: away.lat, accuracy_m: 20, dealer_id: away.dealer_id };
    scan(unit.link, 'retail_selling', 50, at);
  }
  for (const n of [0, 1]) {
    const { carton } = spellingsOf(n);
    scan(carton.urn, 'shipping', 90, { to_dealer_id: 'D1', lot: 'LOT-9' });
    scan(carton.link, 'receiving', 60, { lon: away.lon, lat: away.lat, dealer_id: away.dealer_id });
  }
  return scans;
}

describe('one item in several spellings', () => {
  let run: ProcessorsRun;
  const scans = scansOf();
  const keyOf = async (codes: readonly string[]): Promise<string[]> => {
    const rows = await run.sql.query<{ item: string }>(
      'SELECT core_item_key(code) AS item FROM (SELECT arrayJoin(arrayEnumerate({codes: Array(String)}) AS ns) AS n, {codes: Array(String)}[n] AS code) ORDER BY n',
      { params: { codes } },
    );
    return rows.map(({ item }) => item);
  };

  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd());
    for (const { type, event } of channelOf('spellings', now).references) await run.deliver(type, [event]);
  }, 300_000);
  afterAll(() => run.drop());

  test('have one key, however long the company prefix; private codes and links that name no item are their own', async () => {
    const random = new Random('spellings');
    const digit = (length: number): string => Array.from({ length }, () => String(random.int(0, 9))).join('');
    const groups = Array.from({ length: 60 }, () => {
      const prefix = digit(random.int(6, 12));
      const indicator = digit(1);
      const item = digit(12 - prefix.length);
      const serial = random.pick(['7', 'a-1', 'A/B', '00042', 'x.y.z', '%', '客 1']);
      const gtin = indicator + prefix + item;
      const whole = gtin + checkDigit(gtin);
      const escaped = encodeURIComponent(serial);
      return [
        `urn:epc:id:sgtin:${prefix}.${indicator}${item}.${escaped}`,
        `https://id.gs1.org/01/${whole}/21/${escaped}`,
        `HTTP://shop.example.cn/a/b/gtin/${whole}/10/L%201/ser/${escaped}/?17=271200#x`,
      ];
    });
    for (const group of groups) {
      const links = group.map((code) => {
        const read = readGs1(code);
        if (read === undefined || !('key' in read) || read.key !== 'sgtin') throw new Error(code);
        return digitalLink(read, 'https://id.gs1.org');
      });
      expect(new Set(links).size).toBe(1);
      expect([...new Set(await keyOf(group))]).toHaveLength(1);
    }
    const all = groups.map(([urn]) => urn ?? '');
    expect(new Set(await keyOf(all)).size).toBe(new Set(all).size);
    const own = [
      'U1',
      'http',
      '(x)',
      'https://a.example/01/09506000134352',
      'urn:dms:7',
      'https://q.example/x?c=%41',
    ];
    expect(await keyOf(own)).toEqual(own);
  });

  test('are one code of one case, told under its first spelling, with all scans', async () => {
    await run.deliver(
      'scan',
      scans.filter(({ biz_step }) => biz_step === 'packing'),
    );
    await run.catchUp();
    await run.deliver(
      'scan',
      scans.filter(({ biz_step }) => biz_step !== 'packing'),
    );
    await run.catchUp();
    const alerts = run.alerts();
    expect(alerts).toHaveLength(1);
    const [alert] = alerts;
    if (alert === undefined) throw new Error('there is no case');
    const units = [0, 1, 2, 3, 4, 5].map((n) => spellingsOf(n).unit[n < 3 ? 'urn' : 'bare']);
    expect(alert).toMatchObject({ origin_dealer_id: 'D1', found_dealer_id: 'D2', lot: 'LOT-9', units: 6 });
    expect(alert.kinds).toEqual(['out_of_territory', 'wrong_receiver']);
    expect(alert.codes.toSorted()).toEqual(
      [...units, spellingsOf(0).carton.urn, spellingsOf(1).carton.urn].toSorted(),
    );
    const told = await new CaseScans(run.sql).list(alert, 500);
    expect(told.map(({ event_id }) => event_id).sort()).toEqual(scans.map(({ event_id }) => event_id).sort());
    const evidence = await new EvidenceStore(run.sql).of(alert);
    expect(evidence.scans.map(({ event_id }) => event_id).sort()).toEqual(
      scans.map(({ event_id }) => event_id).sort(),
    );
  });

  test('are one row of the marts; each scan keeps its own', async () => {
    const rows = await run.sql.query<{
      code: string;
      spellings: string[];
      scans: number;
      parent_code: string;
    }>('SELECT code, spellings, scans, parent_code FROM mart_code_journeys ORDER BY item');
    expect(rows).toHaveLength(8);
    const { unit, carton } = spellingsOf(0);
    expect(rows.find(({ code }) => code === unit.urn)).toEqual({
      code: unit.urn,
      spellings: [unit.urn, unit.link],
      scans: 2,
      parent_code: carton.urn,
    });
    const [sent] = await run.sql.query<{ codes: string[] }>(
      'SELECT arraySort(groupArray(code)) AS codes FROM core_scans',
    );
    expect(sent?.codes).toEqual(scans.map(({ code }) => code).toSorted());
    const as_known = await run.sql.query(
      "SELECT * FROM mart_code_journeys_as_known(known_at = '2299-12-31') ORDER BY item",
    );
    expect(as_known).toEqual(await run.sql.query('SELECT * FROM mart_code_journeys ORDER BY item'));
    const before = await run.sql.query('SELECT * FROM mart_diversion_signals ORDER BY item, kind, event_id');
    await run.rebuild();
    expect(await run.sql.query('SELECT * FROM mart_diversion_signals ORDER BY item, kind, event_id')).toEqual(
      before,
    );
  });

  test('filled by stretches of all codes, are the same row: their spellings lie in several stretches', async () => {
    const told = async () => [
      await run.sql.query('SELECT * FROM mart_code_journeys ORDER BY item'),
      await run.sql.query('SELECT * FROM mart_code_legs ORDER BY ALL'),
      await run.sql.query('SELECT * FROM mart_code_shipments ORDER BY ALL'),
    ];
    const before = await told();
    expect(before.map((rows) => rows.length)).toEqual([8, 2, 2]);
    await emptyMart(run.sql, codeJourneys);
    const settings = readSettings(TIME_ZONE, 'CNY');
    const log = createLogger('test', 'silent');
    const context = { sql: run.sql, settings, log, now, ranges: [], is_first: true };
    await codeJourneys.mart?.fill?.({ ...context, version: Date.now(), conflicts_since_ms: 0 }, 5);
    expect(await told()).toEqual(before);
  });

  test('sold twice on a day under two spellings, a unit counts once', async () => {
    const sold = async () =>
      run.sql.query('SELECT day, dealer_id, retail_units FROM mart_sold_days WHERE retail_units > 0');
    const before = await sold();
    expect(before).toHaveLength(1);
    const again = scans.find(({ biz_step }) => biz_step === 'retail_selling');
    const code = spellingsOf(0).unit.urn;
    expect(again?.code).toBe(spellingsOf(0).unit.link);
    await run.deliver('scan', [{ ...again, event_id: 'sp-again', code }]);
    expect(await sold()).toEqual(before);
  });
});
