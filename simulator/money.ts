/** Money is counted in whole ten-thousandths of a yuan, so that sums are exact (safe up to 900 billion yuan). */
export type Tenthousandths = number;

/** `2680000` → `"268.0000"`. */
export function decimal(amount: Tenthousandths): string {
  const digits = String(Math.abs(amount)).padStart(5, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

/** Yuan to ten-thousandths, rounded to the fen. */
export function fromYuan(yuan: number): Tenthousandths {
  return Math.round(yuan * 100) * 100;
}

/** A share of an amount, rounded to the fen. */
export function share(amount: Tenthousandths, ratio: number): Tenthousandths {
  return Math.round((amount * ratio) / 100) * 100;
}
