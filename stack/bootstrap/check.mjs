// `npm run check`: every static check, one after another (each of them fills a core). All run, also after a failure.
import { BootstrapError, runBootstrap, runQuietly } from './command.mjs';
import { checkNode, ensurePackages } from './packages.mjs';
import { createSteps } from './steps.mjs';

const CHECKS = [
  ['tsc', ['--noEmit']],
  ['svelte-check', ['--tsconfig', 'dashboard/src/tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  ['eslint', ['.']],
  ['prettier', ['--check', '.']],
  ['knip', []],
];

await runBootstrap(async () => {
  checkNode();
  const steps = createSteps();
  await ensurePackages(steps);
  const failures = [];
  for (const [name, args] of CHECKS) {
    try {
      await steps.step(name, () => runQuietly('npx', ['--no-install', name, ...args]));
    } catch (error) {
      if (!(error instanceof BootstrapError)) throw error;
      failures.push(error.message);
    }
  }
  if (failures.length > 0) throw new BootstrapError(failures.join('\n\n'));
  steps.say(`${CHECKS.length} checks hold`);
  return 0;
});
