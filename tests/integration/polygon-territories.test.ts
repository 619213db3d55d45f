import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JUDGING_CODES, ProcessorsRun } from './processors-run.ts';

const HOUR = 3_600_000;
const now = new Date();
const ago = (hours: number): string => new Date(now.getTime() - hours * HOUR).toISOString();
const SINCE = '2025-01-01T00:00:00Z';

/** Three territories side by side, as a channel in Europe draws them; a degree of longitude is 68 km there. */
const TERRITORIES = { WEST: [10, 12], MIDDLE: [12, 14], EAST: [14, 16] } as const;
const square = ([west, east]: readonly [number, number]) => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, 51],
      [east, 51],
      [east, 53],
      [west, 53],
      [west, 51],
    ],
  ],
});
const NEXT_DOOR = { lon: 12.15, lat: 52 };
const IN_THE_MIDDLE = { lon: 13.4, lat: 52.5 };
const IN_THE_EAST = { lon: 15, lat: 52 };
const DEALERS = [
  { id: 'W', territory_id: 'WEST', lon: 11, lat: 52 },
  { id: 'NEAR', territory_id: 'MIDDLE', ...NEXT_DOOR },
  { id: 'M', territory_id: 'MIDDLE', ...IN_THE_MIDDLE },
  { id: 'HOMELESS', territory_id: 'MIDDLE' },
];

let run: ProcessorsRun;
let count = 0;

/** Units of one lot that were shipped to W, and what was done with each then. */
function units(lot: string, n: number, fields: object): object[] {
  return Array.from({ length: n }, (_, unit) => {
    const scan = (hours: number, more: object) => ({
      ...{ event_id: `t${(count += 1)}`, source: 'wms', event_time: ago(hours) },
      ...{ code: `${lot}-${unit}`, level: 'unit', sku_id: 'S1', lot },
      ...more,
    });
    return [
      scan(200, { dealer_id: 'HQ', biz_step: 'shipping', to_dealer_id: 'W' }),
      scan(100 - unit, fields),
    ];
  }).flat();
}

/** So many consumers, each with a unit of the lot. */
function consumers(lot: string, n: number, place: object): object[] {
  const scan = { dealer_id: '', biz_step: 'consumer_scan', accuracy_m: 20, ...place };
  return units(lot, n, scan).map((one, i) => ({ ...one, session_id: `${lot}-${i}` }));
}

const cases = (lot: string) => run.alerts().filter((alert) => alert.lot === lot);

describe('territories that are outlines alone, in a country without divisions', () => {
  beforeAll(async () => {
    run = await ProcessorsRun.overChannel('outlines', now, JUDGING_CODES);
    const version = { source: 'crm', event_time: SINCE, valid_from: SINCE };
    await run.deliver(
      'territory',
      Object.entries(TERRITORIES).map(([territory_id, degrees]) => ({
        ...{ ...version, event_id: `t-${territory_id}`, territory_id, name: territory_id },
        geometry: square(degrees),
      })),
    );
    await run.deliver(
      'dealer',
      DEALERS.map(({ id, ...fields }) => ({
        ...{ ...version, event_id: `d-${id}`, dealer_id: id, name: id, tier: 1, status: 'active' },
        ...fields,
      })),
    );
  }, 300_000);
  afterAll(() => run.drop());

  test('what was found in one is a case about it, what was found in another a case of its own', async () => {
    await run.take('scan', [
      ...consumers('TWO', 5, IN_THE_MIDDLE),
      ...consumers('TWO', 9, IN_THE_EAST).slice(10),
      ...consumers('TRAVELLERS', 1, IN_THE_MIDDLE),
      ...consumers('TRAVELLERS', 2, IN_THE_EAST).slice(2),
      ...consumers('TRAVELLERS', 3, { lon: 2, lat: 48 }).slice(4),
    ]);
    const about = { kinds: ['out_of_territory'], origin_dealer_id: 'W' };
    const two = cases('TWO').toSorted((a, b) => b.units - a.units);
    expect(two).toMatchObject([
      { ...about, found_territory_id: 'MIDDLE', units: 5 },
      { ...about, found_territory_id: 'EAST', units: 4 },
    ]);
    expect(two.some((one) => one.found_adcode !== undefined)).toBe(false);
    expect(cases('TRAVELLERS')).toEqual([]);
  }, 180_000);

  test('a dealer just beyond the border sells what is not its own', async () => {
    const sold = { dealer_id: 'NEAR', biz_step: 'retail_selling', accuracy_m: 20, ...NEXT_DOOR };
    await run.take('scan', units('NEXT-DOOR', 3, sold));
    expect(cases('NEXT-DOOR')).toMatchObject([
      { kinds: ['out_of_territory'], found_dealer_id: 'NEAR', found_territory_id: 'MIDDLE', units: 3 },
    ]);
  }, 180_000);

  test('a dealer that sends no position is where its address says', async () => {
    await run.take('scan', [
      ...units('BLIND', 3, { dealer_id: 'M', biz_step: 'retail_selling' }),
      ...units('OWN', 3, { dealer_id: 'W', biz_step: 'retail_selling' }),
      ...units('NOWHERE', 3, { dealer_id: 'HOMELESS', biz_step: 'receiving' }),
    ]);
    expect(cases('BLIND')).toMatchObject([
      { kinds: ['out_of_territory'], found_dealer_id: 'M', found_territory_id: 'MIDDLE', units: 3 },
    ]);
    expect(cases('OWN')).toEqual([]);
    // It has no address either: what it receives of others speaks for itself, in the territory that is its own.
    expect(cases('NOWHERE')).toMatchObject([
      { kinds: ['wrong_receiver'], found_dealer_id: 'HOMELESS', found_territory_id: 'MIDDLE' },
    ]);
  }, 180_000);
});
