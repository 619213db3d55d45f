// Plain JavaScript on Node's own modules: it runs before `npm ci` has ever run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { oneAtATime } from './one-at-a-time.mjs';
import { BootstrapError, repository, runQuietly } from './command.mjs';

/** @throws BootstrapError when this Node is older than package.json asks for */
export function checkNode() {
  const wanted = /\d+\.\d+\.\d+/.exec(readJson('package.json').engines.node)[0];
  const [have, need] = [process.versions.node, wanted].map((version) => version.split('.').map(Number));
  const older = have[0] - need[0] || have[1] - need[1] || have[2] - need[2];
  if (older < 0)
    throw new BootstrapError(`Node ${wanted} or later is needed; this is ${process.versions.node}.`);
}

/** Installs the packages of package-lock.json unless exactly these are installed. A program that comes meanwhile waits. */
export async function ensurePackages(steps) {
  if (installed()) return;
  await steps.step('npm ci', () =>
    oneAtATime(join(repository, '.cache/npm-ci.pid'), async () => {
      if (!installed()) await runQuietly('npm', ['ci', '--no-audit', '--no-fund']);
    }),
  );
}

/**
 * Whether node_modules holds what the lock asks for, by npm's own list of what it installed. Optional packages (of other
 * platforms) may be absent.
 */
function installed() {
  let there;
  try {
    there = readJson('node_modules/.package-lock.json').packages;
  } catch {
    return false;
  }
  const wanted = Object.entries(readJson('package-lock.json').packages).filter(([path]) => path !== '');
  return wanted.every(([path, { version, integrity, optional, link }]) =>
    path in there ? there[path].version === version && there[path].integrity === integrity : optional || link,
  );
}

function readJson(path) {
  return JSON.parse(readFileSync(join(repository, path), 'utf8'));
}
