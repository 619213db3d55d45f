import { beforeAll, describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { compileProtocol } from './protocol-source.ts';
import { PROTOCOL, type Protocol } from './protocol.ts';
import { runSchedule } from './schedule.ts';

/** The short form: some seconds. `npm run model-check` runs fifty times as many, and every mutant until it is caught. */
const SCHEDULES = 1_500;
const MUTANT_SCHEDULES = 100;
/** So few schedules notice more than half of the mutants; the others need rarer coincidences. */
const CAUGHT_SOON_MIN = MUTANTS.length * 0.4;

async function firstViolation(protocol: Protocol, schedules: number): Promise<number | null> {
  for (let seed = 1; seed <= schedules; seed += 1) {
    if ((await runSchedule(seed, protocol)).length > 0) return seed;
  }
  return null;
}

describe('the protocol', () => {
  beforeAll(() => {
    const limit = Error.stackTraceLimit;
    // Thousands of errors a second are part of the simulation; their stacks would take most of the time.
    Error.stackTraceLimit = 0;
    return () => {
      Error.stackTraceLimit = limit;
    };
  });

  it(`accounts for every message exactly once in ${SCHEDULES} schedules of faults`, async () => {
    expect(await firstViolation(PROTOCOL, SCHEDULES), 'seed of a violation').toBeNull();
  });

  it('compiled from its source behaves as the one that the product runs', async () => {
    const compiled = compileProtocol([]);
    for (let seed = 1; seed <= 50; seed += 1) {
      const [own, other]: [string[], string[]] = [[], []];
      await runSchedule(seed, PROTOCOL, (line) => own.push(line));
      await runSchedule(seed, compiled, (line) => other.push(line));
      expect(other).toEqual(own);
    }
  });

  it('is distinguished from its mutants', async () => {
    const caught = [];
    for (const mutant of MUTANTS) {
      if ((await firstViolation(compileProtocol([mutant]), MUTANT_SCHEDULES)) !== null) caught.push(mutant);
    }
    expect(caught.length).toBeGreaterThan(CAUGHT_SOON_MIN);
  });
});
