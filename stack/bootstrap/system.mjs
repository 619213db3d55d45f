// Plain JavaScript on Node's own modules: it runs before `npm ci` has ever run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { BootstrapError, runQuietly } from './command.mjs';

/** What the machine itself must have, how that is seen, and Debian's package for it. */
const TOOLS = {
  java: {
    what: 'a Java runtime, 17 or later (java): Apache Kafka runs on it',
    debian: 'default-jdk-headless',
    there: () => Number(/version "(\d+)/.exec(outputOf('java', ['-version']))?.[1] ?? 0) >= 17,
  },
  maven: {
    what: "Maven (mvn): brings Apache Kafka's jars",
    debian: 'maven',
    there: () => outputOf('mvn', ['--version']).includes('Apache Maven'),
  },
  chromium: {
    what: 'Chromium (chromium): the end-to-end tests look through it',
    debian: 'chromium',
    there: () => existsSync(process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'),
  },
  cjkFont: {
    what: 'a font with Chinese letters: screenshots in Chinese',
    debian: 'fonts-noto-cjk',
    there: () => outputOf('fc-list', [':lang=zh', 'family']).trim() !== '',
  },
  python: {
    what: 'Python with its venv module (python3): an analyst asks from it; without it that test is skipped',
    debian: 'python3-venv',
    optional: true,
    there: () => spawnSync('python3', ['-c', 'import ensurepip, venv']).status === 0,
  },
};

/**
 * Makes sure that the named tools are there; root on Debian installs what is missing by apt-get. Others go on without
 * those that are optional.
 * @throws BootstrapError naming everything that is missing and how to get it
 */
export async function ensureTools(names, steps) {
  const missing = names.map((name) => TOOLS[name]).filter((tool) => !tool.there());
  if (missing.length === 0) return;
  const packages = missing.map((tool) => tool.debian);
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    if (missing.every((tool) => tool.optional)) return;
    throw new BootstrapError(tell(missing));
  }
  const installing = steps.step(`apt-get install ${packages.join(' ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await runQuietly('apt-get', ['update', '-q'], env);
    await runQuietly('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], env);
  });
  await installing.catch((error) => {
    if (!missing.every((tool) => tool.optional)) throw error;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  });
  const still = missing.filter((tool) => !tool.optional && !tool.there());
  if (still.length > 0) throw new BootstrapError(tell(still));
}

function tell(missing) {
  const lines = missing.map((tool) => `  - ${tool.what}`).join('\n');
  const packages = missing.map((tool) => tool.debian).join(' ');
  return `This machine lacks:\n${lines}\nOn Debian or Ubuntu: sudo apt-get install ${packages}`;
}

/** Both streams, because java writes its version to standard error; "" when the command is not there. */
function outputOf(command, args) {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return `${stdout ?? ''}${stderr ?? ''}`;
}
