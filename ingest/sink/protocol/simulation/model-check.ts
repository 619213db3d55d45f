import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { runCommand } from '../../../program/command.ts';
import { wholeNumber } from '../../../program/whole-number.ts';
import type { Finding, Task, Violation } from './check-worker.ts';
import { MUTANTS } from './mutants.ts';
import { PROTOCOL } from './protocol.ts';
import { runSchedule } from './schedule.ts';

const SCHEDULES = 100_000;
/** A mutant that so many schedules do not notice has survived. */
const MUTANT_SCHEDULES_MAX = 50_000;
/** Schedules that a process takes at once: a second's work, so that the last one does not keep the others waiting. */
const CHUNK = 2_000;
const CAUGHT_MIN = 0.95;
/** Violations that are told one by one; the others are counted. */
const TOLD_MAX = 20;

const WORKER = join(import.meta.dirname, 'check-worker.ts');

interface Options {
  readonly schedules: number;
  readonly seed: number;
  readonly replay?: number;
}

/** Exit code 0 when every schedule is clean and enough mutants are caught, else 1. */
async function check({ schedules, seed, replay }: Options): Promise<void> {
  if (replay !== undefined) {
    await replaySchedule(replay);
    return;
  }
  const began_ms = performance.now();
  const tasks: Task[] = [];
  for (let at = 0; at < schedules; at += CHUNK) {
    tasks.push({ kind: 'schedules', seed: seed + at, count: Math.min(CHUNK, schedules - at) });
  }
  const workers = Math.min(availableParallelism(), tasks.length + MUTANTS.length);
  const pool = Array.from({ length: workers }, () => fork(WORKER));
  try {
    const violations = (await runAll(pool, tasks)).flatMap((finding) =>
      finding.kind === 'schedules' ? finding.violations : [],
    );
    const schedules_s = secondsSince(began_ms);
    tellViolations(schedules, violations, schedules_s);
    const hunt = MUTANTS.map((_, index): Task => ({
      kind: 'mutant',
      index,
      seed,
      count: MUTANT_SCHEDULES_MAX,
    }));
    const caught = (await runAll(pool, hunt)).filter((finding) => tellMutant(finding)).length;
    const share = caught / MUTANTS.length;
    print(`${caught} of ${MUTANTS.length} mutants caught (${Math.round(share * 1000) / 10} %)`);
    print(`${secondsSince(began_ms)} s in ${workers} processes`);
    if (violations.length > 0 || share < CAUGHT_MIN) process.exitCode = 1;
  } finally {
    for (const worker of pool) worker.kill();
  }
}

/** Line by line what happens in one schedule. */
async function replaySchedule(seed: number): Promise<void> {
  const problems = await runSchedule(seed, PROTOCOL, print);
  print(problems.length === 0 ? 'clean' : problems.join('\n'));
  if (problems.length > 0) process.exitCode = 1;
}

/** Every worker takes the next task as soon as it is free. Rejects when one of them dies. */
async function runAll(pool: readonly ChildProcess[], tasks: readonly Task[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  let next = 0;
  const work = async (worker: ChildProcess): Promise<void> => {
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      findings.push(await ask(worker, task));
    }
  };
  await Promise.all(pool.map(work));
  return findings;
}

function ask(worker: ChildProcess, task: Task): Promise<Finding> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', answered);
      worker.off('exit', ended);
    };
    const answered = (finding: Finding): void => {
      settle();
      resolve(finding);
    };
    const ended = (code: number | null): void => {
      settle();
      reject(new Error(`a process of the check ended with ${String(code)}`));
    };
    worker.on('message', answered);
    worker.on('exit', ended);
    worker.send(task);
  });
}

function tellViolations(schedules: number, violations: readonly Violation[], seconds: number): void {
  for (const { seed, problems } of violations.slice(0, TOLD_MAX)) {
    print(`VIOLATION --replay ${seed}: ${problems.join('; ')}`);
  }
  print(`${schedules} schedules in ${seconds} s: ${violations.length} violations`);
}

/** Whether the mutant was caught; a survivor is told by name. */
function tellMutant(finding: Finding): boolean {
  if (finding.kind !== 'mutant') return false;
  const name = MUTANTS[finding.index]?.name ?? '';
  const { caughtBy } = finding;
  print(caughtBy === null ? `SURVIVES: ${name}` : `caught by seed ${caughtBy.seed}: ${name}`);
  return caughtBy !== null;
}

function secondsSince(began_ms: number): number {
  return Math.round((performance.now() - began_ms) / 100) / 10;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const program = new Command('model-check')
  .exitOverride()
  .description('Runs the exactly-once protocol through simulated faults, and wrong protocols too.')
  .option('--schedules <n>', 'how many schedules', wholeNumber(0), SCHEDULES)
  .option('--seed <n>', 'seed of the first one', wholeNumber(0), 1)
  .option('--replay <seed>', 'tell one schedule line by line instead', wholeNumber(0))
  .action(check);
await runCommand(() => program.parseAsync());
