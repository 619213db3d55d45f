import { describe, expect, inject, test } from 'vitest';
import { mayLieIn, prefectureOf, provinceOf } from '../../models/geo/adcode.ts';
import { toWgs84, type Datum } from '../../models/geo/datum.ts';
import { distanceKm } from '../../models/geo/distance.ts';
import { boundsOf, contains } from '../../models/geo/point-in-polygon.ts';
import { readPrefectures } from '../../sql/geo/load.ts';
import { dealer, scan, useLedgers, version, type Event } from './ledgers.ts';

/** Where a scan was, and whether that lies in a territory. */
const { sql, deliver, reloadReference } = useLedgers(inject('stack'));

describe('where a scan was', () => {
  test('positions of every datum become the WGS84 of models/geo, to a millionth of a degree', async () => {
    const places: [number, number][] = [
      [116.397, 39.909],
      [121.4737, 31.2304],
      [113.2644, 23.1291],
      [87.6, 43.8],
      [91.1, 29.65],
      [103.8198, 1.3521],
      [-0.1276, 51.5072],
      [126.6, 45.8],
      [110.35, 20.02],
      [151.2, -33.87],
    ];
    const cases = places.flatMap(([lon, lat]) =>
      (['wgs84', 'gcj02', 'bd09'] as const).map((datum: Datum) => ({ lon, lat, datum })),
    );
    await deliver('scan', ...cases.map((one, i) => scan(`s${String(i).padStart(3, '0')}`, one)));
    const rows = await sql.query<{ lon_wgs84: number; lat_wgs84: number }>(
      'SELECT lon_wgs84, lat_wgs84 FROM core_scans ORDER BY event_id',
    );
    cases.forEach(({ lon, lat, datum }, i) => {
      const [expected_lon, expected_lat] = toWgs84([lon, lat], datum);
      expect(Math.abs((rows[i]?.lon_wgs84 ?? NaN) - expected_lon)).toBeLessThan(1e-6);
      expect(Math.abs((rows[i]?.lat_wgs84 ?? NaN) - expected_lat)).toBeLessThan(1e-6);
    });
  });

  test('the inner point of every prefecture is found in that prefecture', async () => {
    const prefectures = readPrefectures();
    await deliver('scan', ...prefectures.map(({ adcode, lon, lat }) => scan(adcode, { lon, lat })));
    expect(
      await sql.query(
        'SELECT event_id, found_adcode FROM core_scans WHERE event_id != found_adcode OR isNull(found_adcode)',
      ),
    ).toEqual([]);
    expect(await sql.query('SELECT count() AS n FROM core_scans')).toEqual([{ n: prefectures.length }]);
  });

  test('places all over the country are found where models/geo finds them', async () => {
    const prefectures = readPrefectures().map((one) => ({ ...one, bounds: boundsOf(one.multipolygon) }));
    // A lattice whose steps share no divisor with anything: 1,500 points over China and its surroundings.
    const points = Array.from({ length: 1_500 }, (_, i): [number, number] => [
      73 + ((i * 0.618034 * 62) % 62),
      18 + ((i * 0.754878 * 36) % 36),
    ]);
    await deliver(
      'scan',
      ...points.map(([lon, lat], i) => scan(`p${String(i).padStart(5, '0')}`, { lon, lat })),
    );
    const rows = await sql.query<{ found_adcode: string | null }>(
      'SELECT found_adcode FROM core_scans ORDER BY event_id',
    );
    const expected = points.map(([lon, lat]) => {
      const within = prefectures.filter(
        ({ bounds: [west, south, east, north], multipolygon }) =>
          lon >= west && lon <= east && lat >= south && lat <= north && contains(multipolygon, [lon, lat]),
      );
      return within[0]?.adcode ?? null;
    });
    expect(rows.map((row) => row.found_adcode)).toEqual(expected);
    expect(expected.filter((adcode) => adcode !== null).length).toBeGreaterThan(500);
  });

  test('points around a place lie as far from it, and on that side, as their offsets say', async () => {
    const offsets: [number, number][] = [
      [0, 1],
      [1, 0],
      [-0.6, -0.8],
      [0.3, -0.4],
    ];
    for (const [lon, lat] of [
      [116.397, 39.909],
      [126.6, 52.9],
      [109.5, 18.25],
    ] as const) {
      const [row] = await sql.query<{ points: [number, number][] }>(
        `SELECT core_points_around(${lon}, ${lat}, 24, [${offsets.map(([east, north]) => `(toFloat64(${east}), toFloat64(${north}))`).join()}]) AS points`,
      );
      offsets.forEach(([east, north], i) => {
        const [x, y] = row?.points[i] ?? [NaN, NaN];
        const off_km = 24 * Math.hypot(east, north) - distanceKm([lon, lat], [x, y]);
        expect(Math.abs(off_km)).toBeLessThan(0.24);
        expect([Math.sign(x - lon), Math.sign(y - lat)]).toEqual([Math.sign(east), Math.sign(north)]);
      });
    }
  });

  test('a point lies inside a territory where the prefecture that holds it does', async () => {
    const hangzhou = readPrefectures().find(({ adcode }) => adcode === '330100');
    const insides = await sql.query<{
      of_city: number;
      of_province: number;
      of_another: number;
      at_sea: number;
    }>(
      `WITH CAST(NULL, 'Nullable(String)') AS outline, (toFloat64(${hangzhou?.lon}), toFloat64(${hangzhou?.lat})) AS point
      SELECT
        core_is_inside(point, ['330100'], outline) AS of_city, core_is_inside(point, ['330000'], outline) AS of_province,
        core_is_inside(point, ['320000'], outline) AS of_another, core_is_inside((0., 0.), ['330000'], outline) AS at_sea`,
    );
    expect(insides).toEqual([{ of_city: 1, of_province: 1, of_another: 0, at_sea: 0 }]);
  });

  test('without a position, or at sea, there is no place: null', async () => {
    await deliver('scan', scan('none'), scan('sea', { lon: 0, lat: 0 }));
    expect(
      await sql.query('SELECT event_id, lon_wgs84, found_adcode FROM core_scans ORDER BY event_id'),
    ).toEqual([
      { event_id: 'none', lon_wgs84: null, found_adcode: null },
      { event_id: 'sea', lon_wgs84: 0, found_adcode: null },
    ]);
  });

  test('a shipment knows the territory of the dealer that it is for', async () => {
    await deliver(
      'dealer',
      dealer('D1', '2026-01-01T00:00:00Z'),
      dealer('D2', '2026-01-01T00:00:00Z', { dealer_id: 'd2', territory_id: 't2' }),
    );
    await deliver(
      'scan',
      scan('s', { biz_step: 'shipping', to_dealer_id: 'd2' }),
      scan('c', { biz_step: 'consumer_scan', dealer_id: '' }),
    );
    await reloadReference();
    expect(
      await sql.query('SELECT event_id, territory_id, to_territory_id FROM core_scans ORDER BY event_id'),
    ).toEqual([
      { event_id: 'c', territory_id: null, to_territory_id: null },
      { event_id: 's', territory_id: 't1', to_territory_id: 't2' },
    ]);
  });
});

describe('territories', () => {
  test('a division covers what models/geo says that it covers', async () => {
    const divisions = ['330000', '440100', '429004', '310115'];
    const codes = [
      '330100',
      '330000',
      '440100',
      '440103',
      '440200',
      '429004',
      '429005',
      '310000',
      '310115',
      '110000',
    ];
    const rows = await sql.query<{ within: number }>(
      'SELECT core_adcode_within(code, {divisions: Array(String)}) AS within FROM (SELECT arrayJoin({codes: Array(String)}) AS code)',
      { params: { divisions, codes } },
    );
    expect(rows.map((row) => row.within === 1)).toEqual(codes.map((code) => mayLieIn(code, divisions)));
  });

  test('a division is in the prefecture that models/geo says; where only the province is known, in that', async () => {
    const codes = [
      '330205',
      '330200',
      '330000',
      '310115',
      '310000',
      '429004',
      '429000',
      '710100',
      '820000',
      '659001',
    ];
    const none = ['', '990000', '3302', '33020x'];
    const rows = await sql.query<{ unit: string }>(
      'SELECT core_prefecture_of(arrayJoin({codes: Array(String)})) AS unit',
      { params: { codes: [...codes, ...none] } },
    );
    expect(rows.map(({ unit }) => unit)).toEqual([
      ...codes.map((code) => prefectureOf(code) ?? provinceOf(code)),
      ...none.map(() => ''),
    ]);
    // Each prefecture of the map is its own.
    expect(
      await sql.query('SELECT adcode FROM core_prefectures WHERE core_prefecture_of(adcode) != adcode'),
    ).toEqual([]);
  });

  test('D19: a municipality is one place, a county under its province one of its own, and each has its name', async () => {
    const places = ['310115', '310101', '429004', '420000', '990000', '330205', null];
    await deliver(
      'dealer',
      ...places.map((adcode, i) =>
        dealer(`D${i}`, '2026-01-01T00:00:00Z', { dealer_id: `d${i}`, status: 'active', adcode }),
      ),
    );
    expect(
      await sql.query('SELECT adcode, name, contracted FROM mart_adoption_by_place ORDER BY adcode'),
    ).toEqual([
      { adcode: '', name: '', contracted: 2 },
      { adcode: '310000', name: '上海市', contracted: 2 },
      { adcode: '330200', name: '宁波市', contracted: 1 },
      { adcode: '420000', name: '湖北省', contracted: 1 },
      { adcode: '429004', name: '仙桃市', contracted: 1 },
    ]);
  });

  test('a point lies in a territory by its division or its outline as of then, and in an unknown one neither way', async () => {
    const square = (west: number): Event => ({
      type: 'Polygon',
      coordinates: [
        [
          [west, 30],
          [west + 2, 30],
          [west + 2, 31],
          [west, 31],
          [west, 30],
        ],
        [
          [west + 0.4, 30.4],
          [west + 0.6, 30.4],
          [west + 0.6, 30.6],
          [west + 0.4, 30.6],
          [west + 0.4, 30.4],
        ],
      ],
    });
    const multi = {
      type: 'MultiPolygon',
      coordinates: [
        [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
        [
          [
            [120, 30],
            [122, 30],
            [122, 31],
            [120, 31],
            [120, 30],
          ],
        ],
      ],
    };
    await deliver(
      'territory',
      version('t1', '2026-01-01T00:00:00Z', { territory_id: 'outline', name: 'O', geometry: square(110) }),
      version('t2', '2026-03-01T00:00:00Z', { territory_id: 'outline', name: 'O', geometry: square(120) }),
      version('t3', '2026-01-01T00:00:00Z', { territory_id: 'multi', name: 'M', geometry: multi }),
      version('t4', '2026-01-01T00:00:00Z', { territory_id: 'codes', name: 'C', adcodes: ['330000'] }),
    );
    await reloadReference();
    const rows = await sql.query<{ inside: (number | null)[] }>(
      `SELECT arrayMap(q -> core_in_territory(q.3, q.4, q.5, dictGet('raw_territory_versions', 'adcodes', tuple(q.1), toDateTime64(q.2, 3, 'UTC')), dictGet('raw_territory_versions', 'geometry', tuple(q.1), toDateTime64(q.2, 3, 'UTC'))),
         [('outline', '2026-02-01', 120.2, 30.2, '330100'), ('outline', '2026-03-01', 120.2, 30.2, '330100'), ('outline', '2026-03-01', 120.5, 30.5, '330100'),
          ('multi', '2026-03-01', 121.2, 30.2, ''), ('codes', '2026-03-01', 0., 0., '330200'), ('codes', '2026-03-01', 0., 0., '320200'), ('nobody', '2026-03-01', 120.2, 30.2, '330100')]) AS inside`,
    );
    expect(rows[0]?.inside).toEqual([0, 1, 0, 1, 1, 0, null]);
  });
});
