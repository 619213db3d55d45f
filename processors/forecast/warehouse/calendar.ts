import chineseDays from 'chinese-days';
import { DAY_MS, dateOf } from '../../../models/calendar/day.ts';

// CommonJS, in which Node finds no names to import one by one.
const { getDayDetail, getLunarDate, getSolarTermDate } = chineseDays;

/** The last year of which the package knows what the State Council announced. */
const ANNOUNCED_UNTIL = 2026;

/** Public holidays by law (全国年节及纪念日放假办法, as of 2025), MM-DD. */
const SOLAR_HOLIDAYS: ReadonlySet<string> = new Set(['01-01', '05-01', '05-02', '10-01', '10-02', '10-03']);
/** Likewise, month and day of the lunar calendar; the eve of the new year comes beside them. */
const LUNAR_HOLIDAYS: ReadonlySet<string> = new Set(['1-1', '1-2', '1-3', '5-5', '8-15']);

/**
 * The kind of a day in China: public holidays and the weekends that are worked for them, as the State Council announced
 * them (table of the package chinese-days, years 2004 to 2026), as the code of a category: 0 workday, 1 weekend, 2 public holiday,
 * 3 weekend that is worked. Beyond the table the holidays that the law fixes, without the days that are moved to them.
 * @param day days since 1970-01-01
 */
export function dayKind(day: number): number {
  const date = new Date(day * DAY_MS);
  const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
  if (date.getUTCFullYear() > ANNOUNCED_UNTIL) return isHolidayByLaw(day) ? 2 : weekend ? 1 : 0;
  // Told apart by the name: a plain day has that of its weekday.
  const { work, name } = getDayDetail(dateOf(day));
  const special = name.includes(',');
  if (work) return special && weekend ? 3 : 0;
  return special ? 2 : 1;
}

function isHolidayByLaw(day: number): boolean {
  const date = dateOf(day);
  if (SOLAR_HOLIDAYS.has(date.slice(5))) return true;
  const { lunarMon, lunarDay, isLeap } = getLunarDate(date);
  if (!isLeap && LUNAR_HOLIDAYS.has(`${lunarMon}-${lunarDay}`)) return true;
  const tomorrow = getLunarDate(dateOf(day + 1));
  if (tomorrow.lunarMon === 1 && tomorrow.lunarDay === 1 && !tomorrow.isLeap) return true;
  return getSolarTermDate(Number(date.slice(0, 4)), 4, 'pure_brightness') === date;
}
