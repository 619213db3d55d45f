/**
 * The 34 provincial divisions by the first two digits of their GB/T 2260 code, with the short names that people use
 * (广东, not 广东省). They name regions in lists also while the map's geometry is loading or missing.
 */
const PROVINCES: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  '11': ['北京', 'Beijing'],
  '12': ['天津', 'Tianjin'],
  '13': ['河北', 'Hebei'],
  '14': ['山西', 'Shanxi'],
  '15': ['内蒙古', 'Inner Mongolia'],
  '21': ['辽宁', 'Liaoning'],
  '22': ['吉林', 'Jilin'],
  '23': ['黑龙江', 'Heilongjiang'],
  '31': ['上海', 'Shanghai'],
  '32': ['江苏', 'Jiangsu'],
  '33': ['浙江', 'Zhejiang'],
  '34': ['安徽', 'Anhui'],
  '35': ['福建', 'Fujian'],
  '36': ['江西', 'Jiangxi'],
  '37': ['山东', 'Shandong'],
  '41': ['河南', 'Henan'],
  '42': ['湖北', 'Hubei'],
  '43': ['湖南', 'Hunan'],
  '44': ['广东', 'Guangdong'],
  '45': ['广西', 'Guangxi'],
  '46': ['海南', 'Hainan'],
  '50': ['重庆', 'Chongqing'],
  '51': ['四川', 'Sichuan'],
  '52': ['贵州', 'Guizhou'],
  '53': ['云南', 'Yunnan'],
  '54': ['西藏', 'Tibet'],
  '61': ['陕西', 'Shaanxi'],
  '62': ['甘肃', 'Gansu'],
  '63': ['青海', 'Qinghai'],
  '64': ['宁夏', 'Ningxia'],
  '65': ['新疆', 'Xinjiang'],
  '71': ['台湾', 'Taiwan'],
  '81': ['香港', 'Hong Kong'],
  '82': ['澳门', 'Macao'],
};

/** A province told by its full name (广东省), in the language chosen and as short as elsewhere; any other region as it is told. */
export function regionName(told: string, lang: 'zh' | 'en'): string {
  const names = Object.values(PROVINCES).find(
    ([zh]) => told.startsWith(zh) && isDivision(told.slice(zh.length)),
  );
  if (names === undefined) return told;
  return lang === 'zh' ? names[0] : names[1];
}

/** What follows a province's short name in its full one; "" where the short one is told. */
function isDivision(suffix: string): boolean {
  return /^(?:省|市|.*自治区|特别行政区)?$/.test(suffix);
}

/** The name of the province that a division lies in; the code itself where it is none of China's. */
export function provinceName(adcode: string, lang: 'zh' | 'en'): string {
  const names = PROVINCES[adcode.slice(0, 2)];
  if (names === undefined) return adcode;
  return lang === 'zh' ? names[0] : names[1];
}
