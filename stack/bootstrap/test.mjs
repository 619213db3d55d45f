// `npm test`, from a clone where `npm ci` may never have run. Arguments go on to vitest: `npm test -- --project unit`.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureKafkaJars, kafkaJarsDir } from '../kafka/jars.mjs';
import { repository, runBootstrap, runOnTerminal } from './command.mjs';
import { ensureDashboard } from './dashboard.mjs';
import { checkNode, ensurePackages } from './packages.mjs';
import { createSteps } from './steps.mjs';
import { ensureTools } from './system.mjs';

const REPORT = '.cache/vitest-report.json';

await runBootstrap(async () => {
  checkNode();
  const steps = createSteps();
  const args = process.argv.slice(2);
  const projects = projectsOf(args);
  const wants = (...names) => projects.length === 0 || names.some((name) => projects.includes(name));
  // A report of an earlier run must not be taken for this one's.
  rmSync(join(repository, REPORT), { force: true });

  const tools = [];
  if (wants('integration', 'faults', 'e2e')) tools.push('java');
  if (tools.length > 0 && !existsSync(kafkaJarsDir())) tools.push('maven');
  if (wants('e2e')) tools.push('chromium', 'cjkFont');
  if (wants('integration')) tools.push('python');
  await ensureTools(tools, steps);
  if (tools.includes('maven')) await steps.step("Apache Kafka's jars (Maven)", ensureKafkaJars);
  await ensurePackages(steps);
  if (wants('integration', 'e2e')) await ensureDashboard(steps);

  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  return runOnTerminal(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args]);
});

/** The projects that `--project NAME` or `--project=NAME` picks; none = all. */
function projectsOf(args) {
  return args.flatMap((arg, n) => {
    if (arg === '--project') return [args[n + 1] ?? ''];
    return arg.startsWith('--project=') ? [arg.slice('--project='.length)] : [];
  });
}
