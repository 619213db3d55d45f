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
 * (`429004` → `429004`). A province's own code has no prefecture: null.
 */
export function prefectureOf(adcode: string): string | null {
  if (MUNICIPALITIES_AND_REGIONS.has(adcode.slice(0, 2))) return provinceOf(adcode);
  const middle = adcode.slice(2, 4);
  if (middle === '00') return null;
  if (middle === '90') return adcode.endsWith('00') ? null : adcode;
  return `${adcode.slice(0, 4)}00`;
}

/**
 * Whether any code of `territory` covers `adcode`: `330000` covers every `33xxxx`, `330200` every `3302xx`, `330205` itself.
 * Never the other way round: a county does not cover its prefecture.
 */
export function covers(territory: readonly string[], adcode: string): boolean {
  return territory.some((code) => adcode.startsWith(significantPart(code)));
}

function significantPart(code: string): string {
  if (code.endsWith('0000')) return code.slice(0, 2);
  return code.endsWith('00') ? code.slice(0, 4) : code;
}
