import chineseDays from 'chinese-days';

// CommonJS, in which Node finds no names to import one by one.
const { getDayDetail } = chineseDays;

/**
 * The kind of a day in China: public holidays and the weekends that are worked for them, as the State Council announced
 * them (table of the package chinese-days, years 2004 to 2026; beyond that weekends only), as the code of a category: 0 workday, 1 weekend,
 * 2 public holiday, 3 weekend that is worked.
 * @param day days since 1970-01-01
 */
export function dayKind(day: number): number {
  const date = new Date(day * 86_400_000);
  const weekend = date.getUTCDay() === 0 || date.getUTCDay() === 6;
  // Told apart by the name: a plain day has that of its weekday.
  const { work, name } = getDayDetail(date.toISOString().slice(0, 10));
  const special = name.includes(',');
  if (work) return special && weekend ? 3 : 0;
  return special ? 2 : 1;
}
