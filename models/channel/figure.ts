/** A figure's value, or null with the reason why there is none: never 0, 9999 or infinity in its place. */
export interface Figure {
  readonly value: number | null;
  /** Why it is null, or what it leaves out. */
  readonly reason?: string;
}

/** A figure that is undefined. */
export function undefinedBecause(reason: string): Figure {
  return { value: null, reason };
}

/**
 * `part ÷ whole`. Undefined for an empty whole, with `when_empty` as its reason.
 * @param whole must not be negative.
 */
export function ratio(part: number, whole: number, when_empty: string): Figure {
  return whole > 0 ? { value: part / whole } : undefinedBecause(when_empty);
}
