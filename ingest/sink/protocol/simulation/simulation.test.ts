import { describe, expect, it } from 'vitest';
import { runSchedule, type Mutant } from './schedule.ts';

/** Some seconds; SIMULATION_SCHEDULES asks for more, SIMULATION_SEED begins elsewhere (or replays one). */
const SCHEDULES = Number(process.env['SIMULATION_SCHEDULES'] ?? 3_000);
const FIRST_SEED = Number(process.env['SIMULATION_SEED'] ?? 1);
const MUTANT_SCHEDULES = 3_000;

/**
 * Each takes one safeguard away. The schedules must notice, or they prove nothing about the safeguard. Ending a former
 * owner's insert is not among them: its token alone makes a late one harmless, the kill only saves waiting for it.
 */
const MUTANTS: Readonly<Record<string, Mutant>> = {
  'commits nothing before the insert': { log: (log) => ({ ...log, commit: () => Promise.resolve() }) },
  'forgets the intent at a takeover': {
    log: (log) => ({ ...log, committed: async () => ({ ...(await log.committed()), metadata: '' }) }),
  },
  'uses another token for each try': {
    ledger: (ledger) => ({
      ...ledger,
      insert: (block, token, id) => ledger.insert(block, `${token}/${id}`, id),
    }),
  },
  'uses no token': {
    ledger: (ledger) => {
      let i = 0;
      return {
        ...ledger,
        insert: (block, token, id) => ledger.insert(block, `${token}/${id}/${i++}/${Math.random()}`, id),
      };
    },
  },
  'believes every acknowledgement': {
    ledger: (ledger) => {
      const acknowledged = new Set<string>();
      return {
        ...ledger,
        insert: async (block, token, id) => {
          await ledger.insert(block, token, id);
          acknowledged.add(`${block.first}-${block.last}`);
        },
        count: (first, last) =>
          acknowledged.has(`${first}-${last}`)
            ? Promise.resolve({ rows: last - first + 1, offsets: last - first + 1 })
            : ledger.count(first, last),
      };
    },
  },
  'takes an unclear insert for absent': {
    ledger: (ledger) => ({ ...ledger, count: () => Promise.resolve({ rows: 0, offsets: 0 }) }),
  },
  'does not repeat the copy of the view': {
    ledger: (ledger) => ({ ...ledger, rederive: () => Promise.resolve() }),
  },
  'goes on when the fence holds it off': {
    log: (log) => ({ ...log, commit: (o, m) => log.commit(o, m).catch(() => undefined) }),
  },
  'keeps to a token that has proved an orphan': {
    ledger: (ledger) => ({
      ...ledger,
      insert: (block, token, id) => ledger.insert(block, token.replace(/#.*/, ''), id),
    }),
  },
  'believes the committed offset instead of ClickHouse': {
    log: (log) => ({ ...log, committed: () => Promise.resolve({ offset: null, metadata: '' }) }),
    ledger: (ledger) => ({ ...ledger, maxOffsets: () => Promise.resolve({ stored: null, accounted: null }) }),
  },
};

describe('the protocol', () => {
  it(
    `accounts for every message exactly once in ${SCHEDULES} schedules of faults`,
    { timeout: 600_000 },
    async () => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + SCHEDULES; seed += 1) {
        const problems = await runSchedule(seed);
        expect(problems, `SIMULATION_SEED=${seed}`).toEqual([]);
      }
    },
  );

  it.each(Object.entries(MUTANTS))('is caught when it %s', { timeout: 120_000 }, async (_, mutant) => {
    let caught = 0;
    for (let seed = 1; seed <= MUTANT_SCHEDULES && caught === 0; seed += 1) {
      if ((await runSchedule(seed, mutant)).length > 0) caught = seed;
    }
    expect(caught).toBeGreaterThan(0);
  });
});
