import { cpus, totalmem } from 'node:os';

/** What a figure must reach: at least or at most this much. */
export type Target = { readonly min: number } | { readonly max: number };

/** Whether every target is met; one whose figure is missing or null is not. */
export function isHeld(
  figures: Readonly<Record<string, number | null>>,
  targets: Readonly<Record<string, Target>>,
): boolean {
  return Object.entries(targets).every(([name, target]) => {
    const figure = figures[name];
    if (figure === undefined || figure === null) return false;
    return 'min' in target ? figure >= target.min : figure <= target.max;
  });
}

/** The machine, in so far as figures depend on it. */
function machine(): { cpus: number; model: string; memory_gib: number; node: string } {
  const all = cpus();
  return {
    cpus: all.length,
    model: all[0]?.model ?? 'unknown',
    memory_gib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

/**
 * The last line of every benchmark, one JSON object: `{"bench","machine","figures","targets","held"}`. Figures are plain
 * numbers under names that end in their unit; a ratio says in its name of what to what. A missed target is no failure.
 */
export function report(
  bench: string,
  figures: Readonly<Record<string, number | null>>,
  targets: Readonly<Record<string, Target>>,
): void {
  console.log(
    JSON.stringify({ bench, machine: machine(), figures, targets, held: isHeld(figures, targets) }),
  );
}
