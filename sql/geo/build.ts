/**
 * Builds the committed map data from two development dependencies (see README.md): `npm run geo:build`.
 * The same sources give the same bytes, so a rebuild that changes nothing shows no difference.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Feature, FeatureCollection, MultiPolygon as MultiPolygonGeometry } from 'geojson';
import { provinceOf } from '../../models/geo/adcode.ts';
import { contains, innerPoint, polygonArea } from '../../models/geo/point-in-polygon.ts';
import type { MultiPolygon, Polygon, Position, Ring } from '../../models/geo/position.ts';
import type { Prefecture } from './load.ts';
import { GRID_PER_DEGREE, readEchartsMaps } from './source/echarts-map.ts';
import { nanhaiInset } from './source/nanhai-inset.ts';
import { placeNameEn, PROVINCE_NAMES_EN } from './source/place-names.ts';
import { provinceName, unitName, unitOf } from './source/units.ts';
import { quantizedTopology, shareBorders, simplified, unions, type SharedBorders } from './topology.ts';

/**
 * Smallest triangle kept, in square grid steps of about 100 m × 100 m. 16 moves a border by some 400 m at most, the error of the
 * source itself, and keeps the polygons for ClickHouse below 1.5 MB; the others are chosen by eye at a full-screen map.
 */
const DETAIL = { polygons: 16, prefectures: 100, provinces: 600 } as const;
/** Holes below this (about 1 km²) are slivers where parts of a unit do not quite meet in the source, not lakes or enclaves. */
const HOLE_AREA_MIN = 100;
/** Islands below this (about 50 km²) cannot be seen on the map of the whole country. */
const ISLAND_AREA_MIN = 5000;
/** Units whose islands are drawn however small they are: a map of China without them is not complete. */
const KEEP_ISLANDS: ReadonlySet<string> = new Set(['710000', '810000', '820000', '460300']);
const SANSHA = '460300';

const here = dirname(fileURLToPath(import.meta.url));
const dashboard_folder = join(here, '../../dashboard/public/geo');

function main(): void {
  const require = createRequire(import.meta.url);
  const maps = join(dirname(require.resolve('echarts-map-data/package.json')), 'map/json/province');
  const places = readEchartsMaps(maps).filter((place) => place.polygons.length > 0);
  const parts = places.map((place) => ({ unit: unitOf(place), polygons: place.polygons }));
  const borders = shareBorders(parts);
  const rows = prefectureRows(borders);
  write(
    join(here, 'prefectures.ndjson.gz'),
    gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { level: 9 }),
  );
  writeProvinceMap(borders, rows);
  writePrefectureMaps(borders, rows);
}

function prefectureRows(borders: SharedBorders): Prefecture[] {
  const detailed = simplified(borders, DETAIL.polygons);
  const shapes = unions(detailed, (unit) => unit);
  const gaps = gapsBetween(detailed, shapes);
  return [...shapes]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([adcode, shape]) => {
      const filled = [...shape, ...gaps.filter((gap) => gap.unit === adcode).map(({ ring }) => [ring])];
      const multipolygon = inDegrees(tidied(filled, 0));
      const centre = innerPoint(multipolygon);
      if (centre === null) throw new Error(`${adcode} has no area`);
      const province_adcode = provinceOf(adcode);
      return {
        adcode,
        name: unitName(adcode),
        name_en: placeNameEn(adcode, unitName(adcode)),
        province_adcode,
        province_name: provinceName(adcode),
        province_name_en: PROVINCE_NAMES_EN[province_adcode] ?? '',
        lon: rounded(centre[0]),
        lat: rounded(centre[1]),
        multipolygon,
      };
    });
}

/** One map of all provinces; the islands of Sansha apart, so that the rest fills the screen, and the inset as the source draws it. */
function writeProvinceMap(borders: SharedBorders, rows: readonly Prefecture[]): void {
  const coarse = simplified(borders, DETAIL.provinces);
  const provinces = [...unions(coarse, (unit) => (unit === SANSHA ? null : provinceOf(unit)))]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([adcode, shape]) => {
      const outline = inDegrees(tidied(shape, KEEP_ISLANDS.has(adcode) ? 0 : ISLAND_AREA_MIN));
      return feature(
        adcode,
        unitName(adcode),
        PROVINCE_NAMES_EN[adcode] ?? '',
        withoutGaps(adcode, outline, rows),
      );
    });
  const sansha = rows.filter((row) => row.adcode === SANSHA).map(asFeature);
  const objects = { provinces: collection(provinces), sansha: collection(sansha) };
  const map = quantizedTopology(objects, 50_000);
  write(join(dashboard_folder, 'china.topo.json'), JSON.stringify({ ...map, nanhai_inset: nanhaiInset() }));
}

/** One map a province, of its prefecture-level units. */
function writePrefectureMaps(borders: SharedBorders, rows: readonly Prefecture[]): void {
  const shapes = unions(simplified(borders, DETAIL.prefectures), (unit) => unit);
  for (const province of new Set(rows.map((row) => row.province_adcode))) {
    const features = rows
      .filter((row) => row.province_adcode === province)
      .map((row) => asFeature({ ...row, multipolygon: inDegrees(tidied(shapes.get(row.adcode) ?? [], 0)) }));
    const map = quantizedTopology({ prefectures: collection(features) }, 10_000);
    write(join(dashboard_folder, 'prefectures', `${province}.topo.json`), JSON.stringify(map));
  }
}

/** The shape without rings of no area, sliver holes, and islands below `island_area_min`; the largest polygon always stays. */
function tidied(shape: MultiPolygon, island_area_min: number): MultiPolygon {
  const polygons = shape.flatMap(separated);
  const areas = polygons.map((polygon) => polygonArea(polygon.slice(0, 1)));
  const largest = Math.max(...areas);
  return polygons
    .filter((_, i) => (areas[i] ?? 0) === largest || (areas[i] ?? 0) > island_area_min)
    .map(([outer = [], ...holes]) => [
      outer,
      ...holes.filter((hole) => polygonArea([hole]) >= HOLE_AREA_MIN),
    ]);
}

/**
 * A union whose parts touch in arcs but not in area comes as one polygon, its other outlines standing where holes do: a
 * ring outside the outer one is a polygon of its own.
 */
function separated([outer = [], ...rings]: Polygon): MultiPolygon {
  const isHole = (ring: Ring): boolean => {
    const inner = innerPoint([[ring]]);
    return inner !== null && contains([[outer]], inner);
  };
  return [[outer, ...rings.filter(isHole)], ...rings.filter((ring) => !isHole(ring)).map((ring) => [ring])];
}

/**
 * Holes of a province that lie in none of the units, its own or another's: land that the source gives to nobody, since
 * its units do not quite meet. Each goes to the unit that shares most of its border.
 */
function gapsBetween(
  borders: SharedBorders,
  units: ReadonlyMap<string, MultiPolygon>,
): { readonly unit: string; readonly ring: Ring }[] {
  const holds = (position: Position): boolean =>
    [...units.values()].some((shape) => contains(shape, position));
  return [...unions(borders, provinceOf)].flatMap(([province, shape]) =>
    shape
      .flatMap(separated)
      .flatMap(([, ...holes]) => holes)
      .filter((hole) => polygonArea([hole]) >= HOLE_AREA_MIN)
      .filter((hole) => {
        const inner = innerPoint([[hole]]);
        return inner !== null && !holds(inner);
      })
      .map((ring) => ({ unit: neighbourOf(ring, province, units), ring })),
  );
}

/** The unit of the province that has most of the ring's vertices on its own border. */
function neighbourOf(ring: Ring, province: string, units: ReadonlyMap<string, MultiPolygon>): string {
  const vertices = new Set(ring.map(String));
  const shared = [...units]
    .filter(([unit]) => provinceOf(unit) === province)
    .map(([unit, shape]) => ({
      unit,
      count: shape.flat(2).filter((vertex) => vertices.has(String(vertex))).length,
    }))
    .sort((a, b) => b.count - a.count);
  const [nearest] = shared;
  if (nearest === undefined || nearest.count === 0)
    throw new Error(`a gap of ${province} touches none of its units`);
  return nearest.unit;
}

/**
 * A province's shape with only those holes in which another province lies (Beijing in Hebei). The others are gaps, as above:
 * land of this province, not abroad.
 */
function withoutGaps(adcode: string, shape: MultiPolygon, rows: readonly Prefecture[]): MultiPolygon {
  const elsewhere = rows.filter((row) => row.province_adcode !== adcode);
  return shape.map(([outer = [], ...holes]) => [
    outer,
    ...holes.filter((hole) => elsewhere.some((row) => contains([[hole]], [row.lon, row.lat]))),
  ]);
}

function inDegrees(shape: MultiPolygon): MultiPolygon {
  return shape.map((rings) =>
    rings.map((ring) =>
      ring.map<Position>(([x, y]) => [rounded(x / GRID_PER_DEGREE), rounded(y / GRID_PER_DEGREE)]),
    ),
  );
}

/** Four decimals are 11 m, a tenth of the source's grid. */
function rounded(degrees: number): number {
  return Math.round(degrees * 1e4) / 1e4;
}

interface PlaceProperties {
  readonly adcode: string;
  readonly name: string;
  readonly name_en: string;
  /** A WGS84 position inside the place, for its label and the ends of arcs. */
  readonly centroid: Position;
}

function asFeature(row: Prefecture): Feature<MultiPolygonGeometry, PlaceProperties> {
  return feature(row.adcode, row.name, row.name_en, row.multipolygon);
}

function feature(
  adcode: string,
  name: string,
  name_en: string,
  shape: MultiPolygon,
): Feature<MultiPolygonGeometry, PlaceProperties> {
  const centre = innerPoint(shape);
  if (centre === null) throw new Error(`${adcode} has no area`);
  const coordinates = shape.map((rings) => rings.map((ring) => ring.map(([lon, lat]) => [lon, lat])));
  const centroid: Position = [rounded(centre[0]), rounded(centre[1])];
  return {
    type: 'Feature',
    id: adcode,
    properties: { adcode, name, name_en, centroid },
    geometry: { type: 'MultiPolygon', coordinates },
  };
}

function collection(
  features: Feature<MultiPolygonGeometry, PlaceProperties>[],
): FeatureCollection<MultiPolygonGeometry> {
  return { type: 'FeatureCollection', features };
}

function write(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  process.stdout.write(`${file}: ${String(Math.round(Buffer.byteLength(content) / 1024))} KiB\n`);
}

main();
