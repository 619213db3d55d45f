// `npm start`, from a clone where `npm ci` may never have run: brings what is missing, then becomes the supervisor.
import { ensureKafkaJars, kafkaJarsDir } from '../kafka/jars.mjs';
import { endQuietlyAtSignals, runBootstrap } from './command.mjs';
import { ensureDashboard } from './dashboard.mjs';
import { checkNode, ensurePackages } from './packages.mjs';
import { createSteps } from './steps.mjs';
import { ensureTools } from './system.mjs';
import { existsSync } from 'node:fs';

await runBootstrap(async () => {
  const leaveSignals = endQuietlyAtSignals();
  checkNode();
  const steps = createSteps();
  if (!process.env.KAFKA_BROKERS) {
    const jars = existsSync(kafkaJarsDir());
    await ensureTools(jars ? ['java'] : ['java', 'maven'], steps);
    if (!jars) await steps.step("Apache Kafka's jars (Maven)", ensureKafkaJars);
  }
  await ensurePackages(steps);
  await ensureDashboard(steps);
  // In this very process, so that a signal to it is a signal to the supervisor.
  const { register } = await import('tsx/esm/api');
  register();
  const { runStack } = await import('../main.ts');
  leaveSignals();
  process.exit(await runStack(process.argv.slice(2)));
});
