/** Goods and the value of a unit of them, a decimal string; null when no price is known. */
interface Valued {
  readonly units: number;
  readonly unit_value: string | null;
}

/** Σ units × unit_value, exact, half up to six decimals: six decimals of money times three of quantity in integers. */
export function sumOfMoney(goods: readonly Valued[]): string {
  const nano = goods.reduce(
    (sum, { units, unit_value }) => sum + micro(unit_value ?? '0') * BigInt(Math.round(units * 1000)),
    0n,
  );
  const total = (nano + 500n) / 1000n;
  const fraction = String(total % 1_000_000n)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${total / 1_000_000n}.${fraction}`;
}

function micro(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
