/** Fewer scores than this have no quartiles: they may all be what is looked for. */
const TOLD_MIN = 8;

/**
 * How many of a channel's series would score as high if nothing were wrong with any of them: by an exponential tail from the median
 * of those scores that are above zero, as steep as their upper quartile says. (Quartiles, so that the deeds that are looked for do not
 * excuse themselves.) A channel in which all are restless raises its own bar, and a large one is searched no more often in vain
 * than a small one.
 * @param least_scale the tail falls by e for each so much, at least: what a few series cannot tell
 */
export function rarityOf(scores: readonly number[], least_scale: number): (score: number) => number {
  const some = scores.filter((score) => score > 0).sort((a, b) => a - b);
  const is_told = some.length >= TOLD_MIN;
  const from = is_told ? (some[Math.floor(some.length / 2)] ?? 0) : 0;
  const quartile = some[Math.floor(some.length * 0.75)] ?? 0;
  const scale = is_told ? Math.max(least_scale, (quartile - from) / Math.LN2) : least_scale;
  const tail = Math.max(1, is_told ? some.length / 2 : some.length);
  return (score) => (score <= from ? scores.length : tail * Math.exp(-(score - from) / scale));
}

/** So many honest series as rare as one that is raised may be expected in the whole channel. */
const EXPECTED_MAX = 0.1;
/** What weighs as much as the prior odds of a case (1 in 100). */
const PRIOR = Math.log(99);

/** ln of the likelihood ratio of a series as rare as that: at EXPECTED_MAX it is as likely as not, by the prior. */
export function logOddsOfRarity(expected: number): number {
  return PRIOR + Math.log(EXPECTED_MAX / expected);
}

/** How improbable it is by Poisson's law that so many were seen, ln with its sign turned: the law's exponent. 0 at what is expected, which is > 0. */
export function poissonExponent(seen: number, expected: number): number {
  return expected - seen + (seen > 0 ? seen * Math.log(seen / expected) : 0);
}
