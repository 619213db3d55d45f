/**
 * Keeps a test stack running until Ctrl-C and prints the line that makes test runs use it:
 *   node --import tsx tests/stack-cli.ts
 */
import { startLab } from '../stack/lab/lab.ts';

const running = await startLab({ for_tests: true });
console.log(`export DMS_TEST_STACK='${JSON.stringify(running.stack)}'`);

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
});
const keepAlive = setInterval(() => undefined, 1 << 30);
await stopped;
clearInterval(keepAlive);
await running.end();
