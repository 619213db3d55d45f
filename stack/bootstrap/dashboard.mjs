// Plain JavaScript on Node's own modules: it runs before `npm ci` has ever run.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository, runQuietly } from './command.mjs';

/** What the built wallboard depends on. */
const SOURCES = [
  'dashboard/src',
  'dashboard/public',
  'dashboard/index.html',
  'dashboard/vite.config.ts',
  'dashboard/svelte.config.js',
  'models',
  'package-lock.json',
];
const page = join(repository, 'dashboard/dist/index.html');
const stamp = join(repository, '.cache/dashboard-sources.sha256');

/** Builds the wallboard unless it was built from exactly these sources. */
export async function ensureDashboard(steps) {
  const hash = sourcesHash();
  if (existsSync(page) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  await steps.step('wallboard (vite build)', () => runQuietly('npm', ['run', '--silent', 'build']));
  mkdirSync(join(repository, '.cache'), { recursive: true });
  writeFileSync(stamp, hash);
}

function sourcesHash() {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of filesOf(source)) {
      if (file.endsWith('.test.ts')) continue;
      const content = readFileSync(join(repository, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/** A file, or every file below a folder, in a fixed order. */
function filesOf(path) {
  if (!existsSync(join(repository, path))) return [];
  if (!statSync(join(repository, path)).isDirectory()) return [path];
  return readdirSync(join(repository, path))
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`));
}
