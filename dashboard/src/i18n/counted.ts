/**
 * An English count with its noun: "1 case", "23 cases".
 *
 * @param count as it is written, so "1" alone is one: "1.0" and "0" are many
 */
export function counted(count: string, one: string, many = `${one}s`): string {
  return `${count} ${nounFor(count, one, many)}`;
}

/** The noun alone, where the count stands in another type. */
export function nounFor(count: string, one: string, many = `${one}s`): string {
  return count === '1' ? one : many;
}
