/** What an expression yields for a row. */
export type Value = string | number | boolean | null;

/** A row that cannot be turned into a value: the reason, told in the reject file. */
export class Failure {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** A plain decimal, as files write it. */
export const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

/** The sign of a decimal, read off its digits; undefined when it is none. */
export function signOf(value: Value | undefined): -1 | 0 | 1 | undefined {
  const text = asText(value);
  if (!DECIMAL.test(text)) return undefined;
  if (!/[1-9]/.test(text)) return 0;
  return text.startsWith('-') ? -1 : 1;
}

/** Nothing there: null, or an empty cell. */
export function isBlank(value: Value): boolean {
  return value === null || value === '';
}

/** The value as text; nothing there is "". */
export function asText(value: Value | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}
