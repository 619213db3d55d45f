import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Beside what else is kept between runs. */
const CACHE = fileURLToPath(new URL('../../.cache/python', import.meta.url));
/** So much of what a failed command told stands in its error. */
const TOLD_MAX = 4000;

/** An environment, or why none can be made here: what is said then is no fault of the requirements. */
export type VenvOrLack = { readonly python: string } | { readonly lack: string };

/** What pip says when it does not reach its index. */
const UNREACHED =
  /NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|NameResolutionError|Connection refused/;

/**
 * As `pythonVenv`, for whoever can do without: a machine without python3 and its venv module, or without a way to PyPI, is told
 * as a lack. @throws Error for requirements that PyPI does not have, and all else
 */
export async function pythonVenvOrLack(name: string, requirements: string): Promise<VenvOrLack> {
  try {
    await runPython('python3', ['-c', 'import ensurepip, venv']);
  } catch (error) {
    return { lack: `python3 with its venv module is not there: ${String(error)}` };
  }
  try {
    return { python: await pythonVenv(name, requirements) };
  } catch (error) {
    if (UNREACHED.test(String(error))) return { lack: `PyPI cannot be reached: ${String(error)}` };
    throw error;
  }
}

/**
 * Makes a Python environment with the packages of a requirements file, from PyPI, if it is not there: one that was made by
 * the same requirements is kept. Returns the path of its interpreter.
 */
export async function pythonVenv(name: string, requirements: string): Promise<string> {
  const made_by = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const folder = join(CACHE, `${name}-${made_by.slice(0, 8)}`);
  const python = join('bin', 'python');
  if (existsSync(folder)) return join(folder, python);
  const making = `${folder}.making`;
  await rm(making, { recursive: true, force: true });
  await runPython('python3', ['-m', 'venv', '--copies', making]);
  await runPython(join(making, python), ['-m', 'pip', 'install', '-q', '-r', requirements]);
  await rename(making, folder);
  return join(folder, python);
}

/** Runs an interpreter to its end; its standard output. Throws with the end of its error output when it fails. */
export async function runPython(
  python: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(python, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(`${python} ended with ${code ?? 'a signal'}: ${err.slice(-TOLD_MAX)}`);
  return out;
}
