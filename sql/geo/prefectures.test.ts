import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { describe, expect, test } from 'vitest';
import { prefectureOf, provinceOf } from '../../models/geo/adcode.ts';
import { boundsOf, contains } from '../../models/geo/point-in-polygon.ts';
import type { Position } from '../../models/geo/position.ts';
import { readPrefectures } from './load.ts';
import { counties, prefectures, provinces, WITHOUT_SHAPE } from './source/units.ts';

const rows = readPrefectures();
const codes = new Set(rows.map((row) => row.adcode));

/** The units whose polygon holds a position. */
function unitsAt(position: Position): string[] {
  return rows.filter((row) => contains(row.multipolygon, position)).map((row) => row.adcode);
}

describe('prefectures', () => {
  test('every code of the list of prefectures and of counties under a province has a shape or a reason why not', () => {
    const county_units = [...counties.keys()].filter((code) => prefectureOf(code) === code);
    const listed = [...prefectures.keys(), ...county_units];
    expect(listed.filter((code) => !codes.has(code)).sort()).toEqual(Object.keys(WITHOUT_SHAPE).sort());
    expect([...codes].filter((code) => !listed.includes(code))).toEqual([
      '110000',
      '120000',
      '310000',
      '500000',
      '710000',
      '810000',
      '820000',
    ]);
    expect(new Set(rows.map((row) => row.province_adcode))).toEqual(new Set(provinces.keys()));
  });

  test('each unit holds its own centroid and is the only one to do so', () => {
    const wrong = rows.filter((row) => unitsAt([row.lon, row.lat]).join() !== row.adcode);
    expect(wrong.map((row) => `${row.adcode} ${row.name}`)).toEqual([]);
  });

  // WGS84 positions of well-known places, far from a border.
  test.each([
    ['Tiananmen', 116.391, 39.906, '110000'],
    ['West Lake, Hangzhou', 120.13, 30.243, '330100'],
    ['Yiwu International Trade City', 120.104, 29.334, '330700'],
    ['Canton Tower', 113.324, 23.106, '440100'],
    ['Potala Palace', 91.118, 29.657, '540100'],
    ['Laiwu, since 2019 a part of Jinan', 117.66, 36.21, '370100'],
    ['Wuzhen, Jiaxing', 120.49, 30.745, '330400'],
    ['Victoria Peak', 114.15, 22.275, '810000'],
    ['Taipei 101', 121.565, 25.033, '710000'],
    ['Yongxing Island', 112.338, 16.834, '460300'],
  ])('%s lies in its unit', (_, lon, lat, adcode) => {
    expect(unitsAt([lon, lat])).toEqual([adcode]);
  });

  test('between the units of Xinjiang no land is nobody’s, though the source turns Hami the other way round', () => {
    for (let lon = 92; lon <= 94; lon += 0.1) {
      for (let lat = 42; lat <= 44; lat += 0.1) expect(unitsAt([lon, lat])).toHaveLength(1);
    }
  });

  test('names are Chinese and English, the English ones in Latin letters, unique within a province', () => {
    for (const row of rows) {
      expect(row.name).toMatch(/^\p{Script=Han}+$/u);
      expect(row.name_en).toMatch(/^[A-Z][A-Za-zü' ]+$/);
      expect(row.province_adcode).toBe(provinceOf(row.adcode));
    }
    expect(new Set(rows.map((row) => row.province_name_en + row.name_en)).size).toBe(rows.length);
    const named = Object.fromEntries(rows.map((row) => [row.name, row.name_en]));
    expect(named).toMatchObject({
      厦门市: 'Xiamen',
      六安市: "Lu'an",
      西安市: "Xi'an",
      呼和浩特市: 'Hohhot',
      恩施土家族苗族自治州: 'Enshi',
      延边朝鲜族自治州: 'Yanbian',
      神农架林区: 'Shennongjia',
      香港特别行政区: 'Hong Kong',
    });
  });

  test('of all vertices on the land border of Hubei with Hunan, each is a vertex of both', () => {
    const vertices = (province: string): Set<string> =>
      new Set(
        rows
          .filter((row) => row.province_adcode === province)
          .flatMap((row) => row.multipolygon.flat(2).map(String)),
      );
    const hunan = vertices('430000');
    // The border of Laifeng (Enshi) and Longshan (Xiangxi) alone has dozens of vertices; without shared arcs there would be none.
    expect([...vertices('420000')].filter((vertex) => hunan.has(vertex)).length).toBeGreaterThan(200);
  });

  test('positions are within the bounds of China', () => {
    const [west, south, east, north] = boundsOf(rows.flatMap((row) => row.multipolygon));
    expect(west).toBeGreaterThan(73);
    expect(east).toBeLessThan(136);
    expect(south).toBeGreaterThan(3);
    expect(north).toBeLessThan(54);
  });

  test('a folder without the file is an error that names it', () => {
    expect(() => readPrefectures('/nonexistent')).toThrow('/nonexistent/prefectures.ndjson.gz');
  });
});

describe('maps of the dashboard', () => {
  const folder = new URL('../../dashboard/public/geo/', import.meta.url);
  const text = readFileSync(new URL('china.topo.json', folder), 'utf8');
  const china = JSON.parse(text) as Topology<Record<'provinces' | 'sansha', GeometryCollection>> & {
    nanhai_inset: { width: number; height: number; polygons: unknown[] };
  };

  test('the map of China has all 34 provinces, the islands of Sansha and the inset, in 120 KB gzipped', () => {
    const ids = feature(china, china.objects.provinces).features.map((one) => String(one.id));
    expect(ids.sort()).toEqual([...provinces.keys()].sort());
    expect(feature(china, china.objects.sansha).features).toHaveLength(1);
    expect(china.nanhai_inset.polygons).toHaveLength(12);
    expect(gzipSync(text).length).toBeLessThan(120_000);
  });

  test('every unit lies in its province, and Hami from its west to its east in Xinjiang', () => {
    const shapes = new Map(
      feature(china, china.objects.provinces).features.map(({ id, geometry }) => {
        if (geometry.type !== 'MultiPolygon') throw new Error(`${String(id)} is no MultiPolygon`);
        const shape = geometry.coordinates.map((rings) => rings.map((ring) => ring.map(positionOf)));
        return [String(id), shape];
      }),
    );
    // The islands of Sansha are an object of their own.
    for (const { adcode, province_adcode, lon, lat } of rows.filter((row) => row.adcode !== '460300')) {
      expect(contains(shapes.get(province_adcode) ?? [], [lon, lat]), adcode).toBe(true);
    }
    for (let lon = 92; lon <= 94; lon += 0.1)
      expect(contains(shapes.get('650000') ?? [], [lon, 43])).toBe(true);
  });

  test('a province has no hole but around another province', () => {
    for (const one of feature(china, china.objects.provinces).features) {
      if (one.geometry.type !== 'MultiPolygon') throw new Error(`${String(one.id)} is no MultiPolygon`);
      for (const hole of one.geometry.coordinates.flatMap((rings) => rings.slice(1))) {
        const ring = hole.map(positionOf);
        const inside = rows.filter((row) => contains([[ring]], [row.lon, row.lat]));
        expect(inside.map((row) => row.province_adcode)).not.toContain(one.id);
        expect(inside.length).toBeGreaterThan(0);
      }
    }
  });

  test('the map of each province has exactly its units', () => {
    for (const province of provinces.keys()) {
      const map = JSON.parse(
        readFileSync(new URL(`prefectures/${province}.topo.json`, folder), 'utf8'),
      ) as Topology<Record<'prefectures', GeometryCollection>>;
      const ids = feature(map, map.objects.prefectures).features.map((one) => String(one.id));
      expect(ids).toEqual(rows.filter((row) => row.province_adcode === province).map((row) => row.adcode));
    }
  });
});

function positionOf([lon = 0, lat = 0]: readonly number[]): Position {
  return [lon, lat];
}
