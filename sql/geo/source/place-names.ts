import { pinyin } from 'pinyin-pro';

/** English names of the 34 provinces as the Chinese government's own English pages write them, without their kind. */
export const PROVINCE_NAMES_EN: Readonly<Record<string, string>> = {
  '110000': 'Beijing',
  '120000': 'Tianjin',
  '130000': 'Hebei',
  '140000': 'Shanxi',
  '150000': 'Inner Mongolia',
  '210000': 'Liaoning',
  '220000': 'Jilin',
  '230000': 'Heilongjiang',
  '310000': 'Shanghai',
  '320000': 'Jiangsu',
  '330000': 'Zhejiang',
  '340000': 'Anhui',
  '350000': 'Fujian',
  '360000': 'Jiangxi',
  '370000': 'Shandong',
  '410000': 'Henan',
  '420000': 'Hubei',
  '430000': 'Hunan',
  '440000': 'Guangdong',
  '450000': 'Guangxi',
  '460000': 'Hainan',
  '500000': 'Chongqing',
  '510000': 'Sichuan',
  '520000': 'Guizhou',
  '530000': 'Yunnan',
  '540000': 'Xizang',
  '610000': 'Shaanxi',
  '620000': 'Gansu',
  '630000': 'Qinghai',
  '640000': 'Ningxia',
  '650000': 'Xinjiang',
  '710000': 'Taiwan',
  '810000': 'Hong Kong',
  '820000': 'Macao',
};

/**
 * Places whose usual English name is not the pinyin of its Chinese one: names from Mongolian, Manchu, Tibetan,
 * Uyghur and Kazakh, romanised from the original language (here without diacritics).
 */
const NAMES_FROM_OTHER_LANGUAGES: Readonly<Record<string, string>> = {
  '150100': 'Hohhot',
  '150600': 'Ordos',
  '150700': 'Hulunbuir',
  '150800': 'Bayannur',
  '150900': 'Ulanqab',
  '152200': 'Hinggan',
  '152500': 'Xilingol',
  '152900': 'Alxa',
  '230100': 'Harbin',
  '230200': 'Qiqihar',
  '232700': 'Da Hinggan Ling',
  '513200': 'Ngawa',
  '513300': 'Garze',
  '533400': 'Deqen',
  '540100': 'Lhasa',
  '540200': 'Xigaze',
  '540300': 'Qamdo',
  '540400': 'Nyingchi',
  '540600': 'Nagqu',
  '542500': 'Ngari',
  '632600': 'Golog',
  '650100': 'Urumqi',
  '650200': 'Karamay',
  '650400': 'Turpan',
  '652700': 'Bortala',
  '652800': 'Bayingolin',
  '652900': 'Aksu',
  '653000': 'Kizilsu',
  '653100': 'Kashgar',
  '653200': 'Hotan',
  '654000': 'Ili',
  '654300': 'Altay',
  '659002': 'Aral',
  '659003': 'Tumxuk',
};

/** Titles of the peoples in the names of autonomous prefectures and counties, as they are written there. */
const PEOPLES =
  /(土家族|苗族|回族|藏族|羌族|彝族|布依族|侗族|壮族|傣族|白族|景颇族|傈僳族|哈尼族|朝鲜族|蒙古族|蒙古|哈萨克|柯尔克孜(?=自治州)|黎族)/g;

/**
 * English name of a prefecture-level unit from its code and full Chinese name: the usual name where the place has one of its own,
 * else the pinyin of its name without its kind (`恩施土家族苗族自治州` → `Enshi`), by pinyin-pro's dictionary of place names.
 */
export function placeNameEn(adcode: string, name: string): string {
  return PROVINCE_NAMES_EN[adcode] ?? NAMES_FROM_OTHER_LANGUAGES[adcode] ?? romanise(withoutKind(name));
}

/** `延边朝鲜族自治州` → `延边`, `神农架林区` → `神农架`, `石家庄市` → `石家庄`. */
function withoutKind(name: string): string {
  const bare = name
    .replace(/(自治州|自治县|地区|林区|市|盟|县)$/, '')
    .replace(/.*/, (text) => (/(自治州|自治县)$/.test(name) ? text.replace(PEOPLES, '') : text));
  return bare === '' ? name : bare;
}

/** `西安` → `Xi'an`, `吕梁` → `Lüliang`: an apostrophe before a syllable that begins with a vowel (GB/T 16159). */
function romanise(text: string): string {
  const [first = '', ...rest] = pinyin(text, { toneType: 'none', type: 'array', v: false });
  const joined =
    first + rest.map((syllable) => (/^[aeo]/.test(syllable) ? `'${syllable}` : syllable)).join('');
  return joined.charAt(0).toUpperCase() + joined.slice(1);
}
