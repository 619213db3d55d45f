/**
 * Divides a whole number of units by weights so that the parts sum to it exactly (Hare–Niemeyer): each part is the floor of its
 * share, and the units that are left go one each to the largest remainders, to the earlier of equal ones. Each part differs from
 * its exact share by less than one unit. A negative total is divided like its size.
 * @param weights ≥ 0, at least one above 0
 * @throws RangeError
 */
export function largestRemainder(total: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.some((weight) => weight < 0n)) throw new RangeError('a weight must not be negative');
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  if (whole === 0n) throw new RangeError('a weight must be above 0');
  if (total < 0n) return largestRemainder(-total, weights).map((part) => -part);
  const parts = weights.map((weight) => (total * weight) / whole);
  const left = Number(total - parts.reduce((sum, part) => sum + part, 0n));
  const by_remainder = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of by_remainder.slice(0, left)) parts[index] = (parts[index] ?? 0n) + 1n;
  return parts;
}
