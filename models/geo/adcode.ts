/**
 * Administrative codes of China (GB/T 2260): six digits, two each for province, prefecture and county.
 * A code whose tail is zeros stands for the whole of what lies under it.
 */
const MUNICIPALITIES_AND_REGIONS: ReadonlySet<string> = new Set(['11', '12', '31', '50', '71', '81', '82']);

/** True for six digits with a province part. Whether such a place exists is a matter of the map data. */
export function isAdcode(text: string): boolean {
  return /^[1-8]\d{5}$/.test(text);
}

/** The province of a code: `330205` → `330000`. */
export function provinceOf(adcode: string): string {
  return `${adcode.slice(0, 2)}0000`;
}

/**
 * The prefecture-level unit of a code: `330205` → `330200`. The four municipalities, Taiwan, Hong Kong and Macau are one unit
 * each (`310115` → `310000`), and a county governed by its province directly (`90` in the middle) is a unit of its own
 * (`429004` → `429004`). A province's own code has no prefecture, nor has what is no code, as of a place at sea: null.
 */
export function prefectureOf(adcode: string): string | null {
  if (!isAdcode(adcode)) return null;
  if (MUNICIPALITIES_AND_REGIONS.has(adcode.slice(0, 2))) return provinceOf(adcode);
  const middle = adcode.slice(2, 4);
  if (middle === '00') return null;
  if (middle === '90') return adcode.endsWith('00') ? null : adcode;
  return `${adcode.slice(0, 4)}00`;
}

/**
 * Whether a place in the division `adcode` may lie in one of `divisions`: `330000` holds every `33xxxx`, `330200` every `3302xx`, `330205`
 * itself. A wider code is the place of somebody who is not known more closely, so it may lie in what is within it: outlines end at
 * prefectures, and whoever is found in `330200` may be in `330205`. `310100` is all of Shanghai.
 */
export function mayLieIn(adcode: string, divisions: readonly string[]): boolean {
  return divisions.some((division) => {
    const is_wide = [adcode, division].some((code) => code.endsWith('0000'));
    const digits = is_wide || MUNICIPALITIES_AND_REGIONS.has(division.slice(0, 2)) ? 2 : 4;
    const names_no_two_counties = adcode.endsWith('00') || division.endsWith('00') || adcode === division;
    return adcode !== '' && adcode.startsWith(division.slice(0, digits)) && names_no_two_counties;
  });
}
