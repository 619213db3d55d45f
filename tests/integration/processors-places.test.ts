import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
const ago = (hours: number): string => new Date(now.getTime() - hours * HOUR).toISOString();

const SINCE = '2025-01-01T00:00:00Z';
const EAST = 120.5;
const LAT = 30.4;
const KM_PER_DEGREE = 111.32 * Math.cos((LAT * Math.PI) / 180);
/** East of the outline of T-O, so many kilometres beyond it. */
const beyond = (km: number) => ({ lon: EAST + km / KM_PER_DEGREE, lat: LAT });
const SHAOXING = { lon: 120.58, lat: 30.03 };
const SUZHOU = { lon: 120.62, lat: 31.27 };
const HANOI = { lon: 105.85, lat: 21.03 };
const VLADIVOSTOK = { lon: 131.89, lat: 43.12 };
const WUHAN = { lon: 114.17, lat: 30.51 };

const SQUARE = [
  [119.5, 30],
  [EAST, 30],
  [EAST, 30.8],
  [119.5, 30.8],
  [119.5, 30],
];
/** Dealers, each with a territory of its own. */
const DEALERS = [
  { id: 'O', adcode: '330100', lon: 120.2, lat: LAT, geometry: { type: 'Polygon', coordinates: [SQUARE] } },
  { id: 'H', adcode: '330100', lon: 120.15, lat: 30.27, adcodes: ['330100'] },
  { id: 'KUNSHAN', adcode: '320583', lon: 120.98, lat: 31.385, adcodes: ['320583'] },
  { id: 'WUZHONG', adcode: '320506', ...SUZHOU, adcodes: ['320506'] },
  { id: 'LATE', adcode: '320500', ...SUZHOU, adcodes: ['320500'] },
  { id: 'N', adcode: '450100', lon: 108.37, lat: 22.82, adcodes: ['450100'] },
  { id: 'HAIKOU', adcode: '460100', lon: 110.35, lat: 20.02, adcodes: ['460100'] },
];

let run: ProcessorsRun;
let count = 0;

const version = (id: string, fields: object) => ({
  ...{ event_id: `v-${id}`, source: 'mdm', event_time: SINCE, valid_from: SINCE, name: id },
  ...fields,
});
const dealerVersion = (id: string, fields: object) =>
  version(id, { dealer_id: id, tier: 1, status: 'active', territory_id: `T-${id}`, ...fields });

/** A unit of the lot that was shipped to a dealer, and what was done with it then. */
function found(lot: string, unit: number, origin: string, fields: object, shipping: object = {}): object[] {
  const of_unit = { source: 'wms', code: `${lot}-${unit}`, level: 'unit', sku_id: 'S1', lot };
  const scan = (hours: number, more: object) => ({
    ...of_unit,
    event_id: `p${(count += 1)}`,
    event_time: ago(hours),
    ...more,
  });
  return [
    scan(200, { dealer_id: 'HQ', biz_step: 'shipping', to_dealer_id: origin, ...shipping }),
    scan(100 - unit, { accuracy_m: 20, ...fields }),
  ];
}

/** So many consumers, each with a unit of the lot. */
function consumers(lot: string, n: number, origin: string, place: object): object[] {
  const scan = { dealer_id: '', biz_step: 'consumer_scan', ...place };
  return Array.from({ length: n }, (_, unit) =>
    found(lot, unit, origin, { ...scan, session_id: `${lot}-${unit}` }),
  ).flat();
}

function units(lot: string, n: number, origin: string, fields: object, shipping: object = {}): object[] {
  return Array.from({ length: n }, (_, unit) => found(lot, unit, origin, fields, shipping)).flat();
}

const cases = (lot: string) => run.alerts().filter((alert) => alert.lot === lot);
const likelihoods = async (lot: string) =>
  (
    await run.sql.query<{ p_inside: number }>(
      'SELECT p_inside FROM mart_diversion_signals WHERE lot = {lot: String} ORDER BY item',
      { params: { lot } },
    )
  ).map(({ p_inside }) => p_inside);

describe('where goods are found', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.overChannel('places', now, JUDGING_CODES);
    for (const { id, lon, lat, adcode, ...area } of DEALERS) {
      await run.deliver('territory', [version(id, { territory_id: `T-${id}`, adcodes: [], ...area })]);
      await run.deliver('dealer', [dealerVersion(id, { adcode, lon, lat })]);
    }
  }, 300_000);
  afterAll(() => run.drop());

  test('the border fades: trade over a few kilometres is no case, a lot in the next city is, one or two of it are not', async () => {
    const steps = [1, 3, 6, 10, 15, 20, 28];
    await run.take('scan', [
      ...consumers('AT-3', 30, 'O', beyond(3)),
      ...consumers('AT-14', 8, 'O', beyond(14)),
      ...consumers('TWO-AT-20', 2, 'O', beyond(20)),
      ...consumers('CITY', 10, 'H', SHAOXING),
      ...steps.flatMap((km) => consumers(`STEP-${km}`, 1, 'O', beyond(km))),
    ]);
    expect(cases('AT-3')).toEqual([]);
    expect(cases('AT-14')).toMatchObject([{ kinds: ['out_of_territory'], origin_dealer_id: 'O', units: 8 }]);
    expect(cases('TWO-AT-20')).toEqual([]);
    expect(cases('CITY')).toMatchObject([{ found_adcode: '330600', origin_dealer_id: 'H', units: 10 }]);
    const by_distance = (await Promise.all(steps.map((km) => likelihoods(`STEP-${km}`)))).flat();
    // The distance is known to a kilometre, and the radius (400 m at least) taken off; half a point of accuracy stays.
    const near = (km: number) => Math.max(0.5 / 17, 0.95 / (1 + (Math.max(0, km - 0.4) / 10) ** 4));
    steps.forEach((km, i) => {
      expect(by_distance[i]).toBeLessThanOrEqual(near(Math.max(0, km - 1.2)));
      expect(by_distance[i]).toBeGreaterThanOrEqual(near(km + 1.2));
    });
  }, 180_000);

  test('a dealer of another county is elsewhere, with its position as without; the origin, and consumers, are where the prefecture is', async () => {
    const sold = { biz_step: 'retail_selling' };
    await run.take('scan', [
      ...units('OTHER', 6, 'KUNSHAN', { ...sold, dealer_id: 'WUZHONG', ...SUZHOU }),
      ...units('OTHER-BLIND', 6, 'KUNSHAN', { ...sold, dealer_id: 'WUZHONG' }),
      ...units('OWN', 6, 'KUNSHAN', { ...sold, dealer_id: 'KUNSHAN', ...SUZHOU }),
      ...consumers('SEEN', 6, 'KUNSHAN', SUZHOU),
    ]);
    const of_dealer = { kinds: ['out_of_territory'], found_dealer_id: 'WUZHONG', found_adcode: '320500' };
    expect(cases('OTHER')).toMatchObject([{ ...of_dealer, units: 6 }]);
    expect(cases('OTHER-BLIND')).toMatchObject([{ ...of_dealer, units: 6 }]);
    expect(cases('OTHER')[0]?.confidence).toBeCloseTo(cases('OTHER-BLIND')[0]?.confidence ?? 0, 3);
    expect(await likelihoods('OWN')).toEqual([]);
    expect(await likelihoods('SEEN')).toEqual([]);
  }, 180_000);

  test('a county that is told later counts for what was scanned since it holds', async () => {
    const sold = { biz_step: 'retail_selling', dealer_id: 'LATE', ...SUZHOU };
    await run.take('scan', units('TOLD-LATER', 6, 'KUNSHAN', sold));
    expect(await likelihoods('TOLD-LATER')).toEqual([]);
    const moved = { event_id: 'v-LATE-2', event_time: ago(1), valid_from: ago(150), adcode: '320506' };
    await run.take('dealer', [dealerVersion('LATE', { ...moved, ...SUZHOU })]);
    expect(cases('TOLD-LATER')).toMatchObject([{ found_dealer_id: 'LATE', found_adcode: '320500' }]);
  }, 180_000);

  test('what is found abroad is a case about no region; off the own coast, at 0° 0°, or by three travellers it is none', async () => {
    const sold = { biz_step: 'retail_selling' };
    await run.take('scan', [
      ...units('SOLD-ABROAD', 6, 'N', { ...sold, dealer_id: 'N', ...HANOI }),
      ...consumers('SEEN-ABROAD', 8, 'O', HANOI),
      ...consumers('TRAVELLERS', 3, 'O', HANOI),
      ...consumers('HOME-AND-ABROAD', 2, 'H', { lon: 113.27, lat: 23.13 }),
      ...units('HOME-AND-ABROAD', 4, 'H', { biz_step: 'consumer_scan', dealer_id: '', ...HANOI }).slice(4),
      ...units('AT-SEA', 6, 'HAIKOU', { ...sold, dealer_id: 'HAIKOU', lon: 110.33, lat: 20.16 }),
      ...consumers('NOWHERE', 8, 'O', { lon: 0, lat: 0 }),
      // Without a position a dealer is at its own address.
      ...units('SOLD-NOWHERE', 6, 'N', { ...sold, dealer_id: 'WUZHONG', lon: 0, lat: 0 }),
    ]);
    for (const lot of ['SOLD-ABROAD', 'SEEN-ABROAD']) {
      expect(cases(lot)).toMatchObject([{ kinds: ['out_of_territory'] }]);
      expect(cases(lot)[0]).not.toHaveProperty('found_adcode');
    }
    expect(cases('SOLD-NOWHERE')).toMatchObject([{ found_adcode: '320500' }]);
    expect([...cases('TRAVELLERS'), ...cases('HOME-AND-ABROAD')]).toEqual([]);
    const at_sea =
      "SELECT countIf(isNull(found_adcode)) AS n FROM core_scans WHERE lot = 'AT-SEA' AND biz_step = 'retail_selling'";
    expect(await run.sql.query(at_sea)).toEqual([{ n: 6 }]);
    expect([...(await likelihoods('AT-SEA')), ...(await likelihoods('NOWHERE'))]).toEqual([]);
  }, 180_000);

  test('goods received abroad are not found where the manufacturer shipped them', async () => {
    const received = { biz_step: 'receiving', dealer_id: 'WUZHONG', ...VLADIVOSTOK };
    await run.take('scan', units('VIA-WUHAN', 4, 'N', received, WUHAN));
    expect(cases('VIA-WUHAN')).toMatchObject([{ kinds: ['out_of_territory', 'wrong_receiver'], units: 4 }]);
    expect(cases('VIA-WUHAN')[0]).not.toHaveProperty('found_adcode');
  }, 180_000);

  test('made anew from nothing, by the codes that are suspect, the signals are the same', async () => {
    const [rebuilt] = await run.rebuild('diversion-signals');
    expect(rebuilt?.rows).toBeGreaterThan(0);
    expect(rebuilt?.hash_after).toBe(rebuilt?.hash_before);
  }, 180_000);
});
