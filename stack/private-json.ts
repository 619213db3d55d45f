import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { codeOf } from '../ingest/program/caught.ts';

/** Replaces a file by `value` as JSON in one rename, readable by its owner alone. */
export function writePrivateJson(file: string, value: unknown): void {
  const partial = `${file}.partial`;
  writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(partial, file);
}

/** undefined when there is no such file. @throws SyntaxError when it is no JSON */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
