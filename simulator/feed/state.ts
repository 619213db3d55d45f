import { readFile, rename, writeFile } from 'node:fs/promises';
import { codeOf } from '../../ingest/program/caught.ts';

/** How far a feed has got, kept in a file so that a restarted feed goes on where it stood. */
export interface FeedState {
  readonly seed: string;
  readonly dealers: number;
  readonly skus: number;
  readonly days: number;
  readonly start_ms: number;
  /** Simulated time up to which everything has been acknowledged. */
  readonly sent_until_ms: number;
  /** Simulated minus real time: 0 in history, growing while a live feed runs faster than the clock. */
  readonly ahead_ms: number;
}

/** The state in a file, or null when there is no such file. Throws when the file holds something else. */
export async function readState(file: string): Promise<FeedState | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const state = JSON.parse(text) as Partial<FeedState>;
  const numbers = [
    state.dealers,
    state.skus,
    state.days,
    state.start_ms,
    state.sent_until_ms,
    state.ahead_ms,
  ];
  if (typeof state.seed !== 'string' || !numbers.every((value) => typeof value === 'number'))
    throw new Error(`${file} is not the state of a simulator's feed`);
  return state as FeedState;
}

/** Replaces the state in one step: a kill leaves the old one or the new one. */
export async function writeState(file: string, state: FeedState): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(state));
  await rename(`${file}.new`, file);
}
