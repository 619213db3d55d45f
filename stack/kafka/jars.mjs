// Plain JavaScript on Node's own modules: the bootstrap needs it before `npm ci` has ever run.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const OUTPUT_CHARS_MAX = 4_000;

/** The folder that holds, or will hold, Kafka's jars: `.cache/kafka-<version>` in the repository. */
export function kafkaJarsDir() {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(pom, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${pom} names no kafka.version`);
  return join(repository, '.cache', `kafka-${version}`);
}

/**
 * Brings Kafka's jars by Maven unless they are there, and returns their folder. They appear in one rename, so that a
 * folder that exists is complete, and two processes that race end with one whole copy.
 */
export async function ensureKafkaJars() {
  const dir = kafkaJarsDir();
  if (existsSync(dir)) return dir;
  mkdirSync(join(repository, '.cache'), { recursive: true });
  const partial = mkdtempSync(`${dir}.partial-`);
  try {
    await runMaven([
      'dependency:copy-dependencies',
      `-DoutputDirectory=${partial}`,
      '-DincludeScope=runtime',
    ]);
    try {
      renameSync(partial, dir);
    } catch (error) {
      if (!existsSync(dir)) throw error;
    }
    return dir;
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function runMaven(goals) {
  return new Promise((resolve, reject) => {
    const maven = spawn('mvn', ['-q', '-B', '-f', pom, ...goals], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + String(chunk)).slice(-OUTPUT_CHARS_MAX);
    };
    maven.stdout.on('data', keep);
    maven.stderr.on('data', keep);
    maven.once('error', (error) => {
      reject(new Error(`Maven (mvn) cannot be run: ${error.message}. It brings Apache Kafka's jars.`));
    });
    maven.once('close', (code) => {
      if (code === 0) resolve(undefined);
      else reject(new Error(`mvn ${goals[0]} failed with ${code}:\n${output.trim()}`));
    });
  });
}
