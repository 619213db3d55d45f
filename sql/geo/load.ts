import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { MultiPolygon } from '../../models/geo/position.ts';

/** A prefecture-level unit of China, a municipality, Taiwan, Hong Kong or Macau, or a county governed by its province. */
export interface Prefecture {
  /** GB/T 2260, six digits. */
  readonly adcode: string;
  /** Full Chinese name, `杭州市`. */
  readonly name: string;
  /** English name without its kind, `Hangzhou`. */
  readonly name_en: string;
  readonly province_adcode: string;
  readonly province_name: string;
  readonly province_name_en: string;
  /** A position inside the polygon, WGS84 degrees. */
  readonly lon: number;
  readonly lat: number;
  /** WGS84 degrees, GeoJSON order, rings closed, neighbours share their vertices. */
  readonly multipolygon: MultiPolygon;
}

/** Name of the file in the folder of map data (the default one, or `GEO_DATA_DIR`'s). */
const PREFECTURES_FILE = 'prefectures.ndjson.gz';

/**
 * The units and their polygons, ordered by adcode, from the committed file or from the same file in `folder`.
 * Throws with file and line when a line is not a unit; reads about 8 MB once, so keep the result.
 */
export function readPrefectures(folder?: string): Prefecture[] {
  const file = prefecturesFile(folder);
  const lines = gunzipSync(readFileSync(file)).toString('utf8').split('\n');
  return lines.flatMap((line, i) => (line === '' ? [] : [parsePrefecture(line, `${file}:${i + 1}`)]));
}

/** Where `readPrefectures` finds them: NDJSON of `Prefecture`, compressed. */
export function prefecturesFile(folder?: string): string {
  return join(folder ?? dirname(fileURLToPath(import.meta.url)), PREFECTURES_FILE);
}

function parsePrefecture(line: string, where: string): Prefecture {
  const row = JSON.parse(line) as Partial<Prefecture>;
  const texts = [
    row.adcode,
    row.name,
    row.name_en,
    row.province_adcode,
    row.province_name,
    row.province_name_en,
  ];
  const complete =
    texts.every((text) => typeof text === 'string') &&
    Number.isFinite(row.lon) &&
    Number.isFinite(row.lat) &&
    Array.isArray(row.multipolygon) &&
    row.multipolygon.length > 0;
  if (!complete) throw new Error(`${where}: not a prefecture with codes, names, lon, lat and multipolygon`);
  return row as Prefecture;
}
