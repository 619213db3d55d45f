// `npm run check`: every static check, two at a time where there are two cores. All run, also after a failure.
import { availableParallelism } from 'node:os';
import { BootstrapError, runBootstrap, runQuietly } from './command.mjs';
import { checkNode, ensurePackages } from './packages.mjs';
import { createSteps } from './steps.mjs';

/** The longest first: the others take about as long together. */
const CHECKS = [
  ['eslint', ['.']],
  ['tsc', ['--noEmit']],
  ['prettier', ['--check', '.']],
  ['svelte-check', ['--tsconfig', 'dashboard/src/tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  ['knip', []],
];
/** Each fills a core, and holds up to two gigabytes. */
const AT_ONCE = Math.min(2, availableParallelism());

await runBootstrap(async () => {
  checkNode();
  const steps = createSteps();
  await ensurePackages(steps);
  const waiting = [...CHECKS];
  const failures = [];
  const runAll = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, args] = next;
      try {
        await steps.step(name, () => runQuietly('npx', ['--no-install', name, ...args]));
      } catch (error) {
        if (!(error instanceof BootstrapError)) throw error;
        failures.push(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, runAll));
  if (failures.length > 0) throw new BootstrapError(failures.join('\n\n'));
  steps.say(`${CHECKS.length} checks hold`);
  return 0;
});
