import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { runCommand } from '../../../ingest/program/command.ts';
import { wholeNumber } from '../../../ingest/program/whole-number.ts';
import { SEED, chance } from '../support/chance.ts';
import { faultsIn } from '../support/audited.ts';
import { Field, type Pick } from './field.ts';
import { KILLS, TROUBLES, choose, type Outcome, type Strike } from './strikes.ts';
import { Tally } from './tally.ts';

/** 200 rounds are 20 million. */
const EVENTS_A_ROUND = 100_000;
const AUDIT_EVERY_ROUNDS = 50;
/** The next round begins when so many wait at most: some of one round is left to the next. */
const BEHIND_MAX = 30_000;
/** From the first rows of a round to its kill, by chance. */
const KILL_AFTER_MS_MAX = 800;
const ROWS_WITHIN_MS = 300_000;

interface Options {
  readonly rounds: number;
  readonly seed: number;
  readonly events: number;
  readonly auditEvery: number;
  readonly logs?: string;
}

/**
 * `npm run faults -- --rounds N [--seed S]`: rounds of faults under a feed, on a Kafka and a ClickHouse of its own. Every
 * round kills something at a moment of chance, every other has trouble on top; audits in between and at the end. Exit
 * codes: 0 all was clean, 1 it was not, 2 wrong usage. Ctrl-C ends it after the round, with its audit and summary.
 */
async function run({ rounds, seed, events, auditEvery, logs }: Options): Promise<void> {
  const pick = chance(seed);
  const tally = new Tally(seed, rounds);
  const ending = new AbortController();
  process.once('SIGINT', () => {
    ending.abort();
    say('ending after this round');
  });
  say(`seed ${seed}: ${rounds} rounds of ${events} events`);
  const { field, end } = await Field.begin(logs ?? null);
  try {
    for (let round = 1; round <= rounds && !ending.signal.aborted; round += 1) {
      await playRound(field, round, events, pick, tally);
      if (round % auditEvery === 0 && round < rounds) await auditNow(field, tally);
    }
    await auditNow(field, tally);
    tally.ownEnds(field.own_ends);
    tally.rss(field.fleet.peak_rss_mib);
    tally.over();
  } finally {
    // Also of a run that failed: what was audited until then counts.
    process.stdout.write(tally.summary());
    await end();
  }
  if (!tally.clean) process.exitCode = 1;
}

async function playRound(
  field: Field,
  round: number,
  events: number,
  pick: Pick,
  tally: Tally,
): Promise<void> {
  const before = field.progress.known;
  const fed = field.feed(events, pick);
  // Should the round fail first, this one's failure is not the news.
  fed.catch(() => undefined);
  await field.progress.until(
    'the first rows of the round',
    (last) => last.some((at, partition) => at > (before[partition] ?? -1)),
    ROWS_WITHIN_MS,
  );
  await delay(pick(0, KILL_AFTER_MS_MAX));
  const done = [await strike(choose(KILLS, pick), 'kill', field, pick, tally)];
  if (pick(0, 1) === 0) done.push(await strike(choose(TROUBLES, pick), 'trouble', field, pick, tally));
  await fed;
  await field.caughtUp(BEHIND_MAX);
  tally.round();
  say(`round ${round}: ${done.join('; ')}; ${field.fed.scans + field.fed.orders} events fed`);
}

async function strike(
  chosen: Strike,
  list: 'kill' | 'trouble',
  field: Field,
  pick: Pick,
  tally: Tally,
): Promise<string> {
  const outcome: Outcome = await chosen.run(field, pick).catch((cause: unknown) => {
    throw new Error(`${chosen.kind}: ${String(cause)}`, { cause });
  });
  tally.strike(list, chosen.kind, outcome);
  const detail = outcome.detail === '' ? '' : ` (${outcome.detail})`;
  const recovery = outcome.recovery_ms === null ? '' : `, rows again after ${outcome.recovery_ms} ms`;
  return `${chosen.kind}${detail}${recovery}`;
}

async function auditNow(field: Field, tally: Tally): Promise<void> {
  const began_ms = Date.now();
  const result = await field.audit();
  tally.audit(result, field.fed);
  const faults = faultsIn(result);
  const took = `${((Date.now() - began_ms) / 1000).toFixed(1)} s`;
  say(`audit: ${tally.cleanSoFar ? 'clean' : 'NOT CLEAN'}, ${tally.rows} rows, ${took}`);
  for (const fault of faults.slice(0, 20)) say(`  ${fault}`);
}

const began_ms = Date.now();

function say(line: string): void {
  const elapsed_s = Math.round((Date.now() - began_ms) / 1000);
  process.stdout.write(`${String(elapsed_s).padStart(5)} s  ${line}\n`);
}

const program = new Command('faults')
  .exitOverride()
  .description('Rounds of faults under a feed, audited: is each message stored exactly once?')
  .requiredOption('--rounds <n>', 'how many rounds', wholeNumber(1))
  .option('--seed <seed>', 'of all choices; printed, so that a run can be repeated', wholeNumber(1), SEED)
  .option('--events <n>', 'events fed in each round', wholeNumber(1), EVENTS_A_ROUND)
  .option('--audit-every <n>', 'how many rounds between two audits', wholeNumber(1), AUDIT_EVERY_ROUNDS)
  .option('--logs <folder>', 'where to keep what each sink says')
  .action(run);

await runCommand(() => program.parseAsync());
