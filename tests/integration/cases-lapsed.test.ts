import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClickHouseCases } from '../../dashboard/server/cases/clickhouse-cases.ts';
import { differencesOfConfidence, evidenceFiles } from '../../dashboard/server/evidence/evidence-files.ts';
import { EvidenceStore } from '../../dashboard/server/evidence/evidence-store.ts';
import type { LiveRow } from '../../models/contract/live.ts';
import type { ScanEvent } from '../../models/contract/events/scan.ts';
import { contains } from '../../models/geo/point-in-polygon.ts';
import type { MultiPolygon } from '../../models/geo/position.ts';
import { UNITS_PER_CASE, channelOf } from './processors-channel.ts';
import { ProcessorsRun, casesAnd } from './processors-run.ts';

const now = new Date();
const { scans, references } = channelOf('lapsed', now);
const at_D2 = scans.filter(({ dealer_id, code }) => dealer_id === 'D2' && code.startsWith('CASE-D1-'));
let run: ProcessorsRun;

const theCase = (): LiveRow<'alerts'> => {
  const [one] = run.alerts();
  if (one === undefined) throw new Error('there is no case');
  return one;
};
/** The files of the case's pack, which say themselves what its confidence is made of. */
async function packed(): Promise<(name: string) => string> {
  const stored = await new ClickHouseCases(run.sql).find(theCase().alert_id);
  if (stored === undefined) throw new Error('the case is not stored');
  const files = evidenceFiles(await new EvidenceStore(run.sql).of(stored), {
    version: '0',
    cases_per_day_max: 50,
  });
  const told = Buffer.from(files['confidence.json'] ?? []).toString('utf8');
  expect(JSON.parse(told)).toMatchObject({
    confidence: theCase().confidence,
    account: { codes: expect.any(Array) as unknown[] },
  });
  expect(differencesOfConfidence(files)).toEqual([]);
  const forged = Buffer.from(told.replaceAll(/"log_odds": -?[\d.]+/g, '"log_odds": 0.125'));
  expect(differencesOfConfidence({ ...files, 'confidence.json': forged })).toHaveLength(1);
  return (name) => Buffer.from(files[name] ?? []).toString('utf8');
}
function later(seconds: number): string {
  return new Date(now.getTime() + seconds * 1_000).toISOString();
}

describe('a case of diversion and what becomes of its evidence', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.create(now);
    await run.restart(casesAnd());
    for (const { type, event } of references) await run.deliver(type, [event]);
    await run.deliver('scan', scans);
    await run.catchUp();
  }, 300_000);
  afterAll(() => run.drop());

  test('whoever has the pack alone finds that the goods lay outside the territory, whose they were and what they are worth', async () => {
    const file = await packed();
    const [territory] = JSON.parse(file('territories.json')) as { territory_id: string; adcodes: string[] }[];
    const { features } = JSON.parse(file('outlines.geojson')) as {
      features: { id: string; geometry: { coordinates: MultiPolygon } }[];
    };
    const within = features.filter(({ id }) => id.startsWith(territory?.adcodes[0]?.slice(0, 2) ?? '-'));
    expect(within).toHaveLength(11); // the prefectures of Zhejiang
    const told: Record<string, string>[] = parse(Buffer.from(file('scans.csv')), {
      bom: true,
      columns: true,
    });
    const found = told.filter(({ dealer_id }) => dealer_id === 'D2');
    expect(found).toHaveLength(at_D2.length);
    for (const { lon_wgs84, lat_wgs84, found_adcode } of found) {
      const position = [Number(lon_wgs84), Number(lat_wgs84)] as const;
      expect(within.some(({ geometry }) => contains(geometry.coordinates, position))).toBe(false);
      const there = features.find(({ id }) => id === found_adcode);
      expect(there && contains(there.geometry.coordinates, position)).toBe(true);
    }
    const dealers = JSON.parse(file('dealers.json')) as {
      dealer_id: string;
      territory_id: string;
      lon: number;
      lat: number;
    }[];
    const origin = dealers.find(({ dealer_id }) => dealer_id === theCase().origin_dealer_id);
    expect(origin?.territory_id).toBe(territory?.territory_id);
    const home = [origin?.lon ?? 0, origin?.lat ?? 0] as const;
    expect(within.some(({ geometry }) => contains(geometry.coordinates, home))).toBe(true);
    const [product] = JSON.parse(file('products.json')) as { list_price: string }[];
    expect((Number(product?.list_price) * 2 * UNITS_PER_CASE).toFixed(2)).toBe(theCase().value);
    expect(JSON.parse(file('retracted.json'))).toEqual([]);
  });

  test('one that people have taken up stands when its scans are taken back, says so, and its evidence tells them', async () => {
    const { alert_id } = theCase();
    const move = { alert_id, from_state: 'open', to_state: 'acknowledged', actor: 'li.wei' };
    await run.deliver('case_transition', [
      { event_id: 'taken-up', source: 'server', event_time: later(1), ...move },
    ]);
    await run.catchUp();
    expect(theCase().lapsed_at).toBeUndefined();
    const before = theCase();
    run.moveTo(new Date(later(60)));
    await run.deliver(
      'scan_retraction',
      at_D2.map(({ event_id, source, dealer_id, code }) => ({
        ...{ event_id, source, dealer_id, code },
        event_time: later(30),
        reason: 'incorrect_data',
      })),
    );
    await run.catchUp();
    const lapsed_at = theCase().lapsed_at;
    expect(lapsed_at).toBeDefined();
    const { units, value, kinds } = before;
    expect(theCase()).toMatchObject({ state: 'acknowledged', units, value, kinds });
    expect(await new ClickHouseCases(run.sql).find(alert_id)).toMatchObject({ lapsed_at, value });
    await run.catchUp();
    expect(theCase().lapsed_at).toBe(lapsed_at);
    const file = await packed();
    expect(JSON.parse(file('case.json'))).toMatchObject({ case: { lapsed_at } });
    // What is said of the dealer and the product as a whole may go on.
    const signals = JSON.parse(file('signals.json')) as { code: string }[];
    expect(signals.filter(({ code }) => code !== '')).toEqual([]);
    const retracted = JSON.parse(file('retracted.json')) as Record<string, string>[];
    expect(retracted.map(({ event_id }) => event_id).sort()).toEqual(
      at_D2.map(({ event_id }) => event_id).sort(),
    );
    expect(retracted[0]).toMatchObject({
      ...{ dealer_id: 'D2', kafka_topic: expect.any(String) as string },
      ...{ declared_at: later(30), reason: 'incorrect_data' },
    });
  });

  test('it stands on evidence again when the goods are found anew', async () => {
    run.moveTo(new Date(later(120)));
    const anew: ScanEvent[] = at_D2.map((scan) => ({ ...scan, event_id: `anew-${scan.event_id}` }));
    await run.deliver('scan', anew);
    await run.catchUp();
    expect(theCase()).toMatchObject({ state: 'acknowledged', units: 2 * UNITS_PER_CASE });
    expect(theCase().lapsed_at).toBeUndefined();
  });
});
