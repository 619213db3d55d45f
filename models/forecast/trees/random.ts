/**
 * mulberry32 (Tommy Ettinger, public domain): a seeded stream of uniform numbers in [0, 1), the same on every machine. Used
 * where hundreds of millions are drawn; its period of 2³² is enough for sampling rows.
 */
export function uniformStream(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A seed for a part of the work, so that parts draw independently and in any order. */
export function mixSeed(seed: number, part: number): number {
  let mixed = Math.imul((seed ^ 0x9e3779b9) + Math.imul(part, 0x85ebca6b), 0xc2b2ae35);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0x27d4eb2f) | 0;
}
