/** An amount of one currency: a decimal string, exact. */
export interface Amount {
  readonly currency: string;
  readonly amount: string;
}

/** The currency that a figure is told in, and what that leaves out. */
export interface ToldCurrency {
  readonly currency: string;
  /** Undefined when nothing is left out. */
  readonly reason?: string;
}

/**
 * The currency of a figure over amounts of several: the reporting currency where there is any in it; otherwise the one
 * other currency that all is in. Nothing is converted: what is in further currencies is left out, and the reason says so.
 * Null when there are several and none is the reporting one.
 */
export function toldIn(currencies: Iterable<string>, reporting: string): ToldCurrency | null {
  const present = [...new Set(currencies)].sort();
  const others = present.filter((currency) => currency !== reporting);
  if (present.length === 0 || others.length === 0) return { currency: reporting };
  if (others.length < present.length) {
    return { currency: reporting, reason: `without what is in ${others.join(', ')}` };
  }
  const [only] = others;
  return others.length === 1 && only !== undefined ? { currency: only } : null;
}
