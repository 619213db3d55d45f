import { readFileSync } from 'node:fs';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { findJsonError } from '../../ingest/program/json-error.ts';

/**
 * Reads a JSON file that people edit.
 * @throws Error naming the file and the field or the line that is wrong; nothing that stands there is in it, which may be a secret
 */
export function readJsonFile<T extends TSchema>(file: string, schema: T): Static<T> {
  const value = parsed(file, readFileSync(file, 'utf8'));
  if (Value.Check(schema, value)) return value;
  const [first] = Value.Errors(schema, value);
  throw new Error(`${file}: ${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`);
}

/** @throws Error when two entries of the file have one name */
export function assertNamedOnce(file: string, entries: readonly { readonly name: string }[]): void {
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`${file}: two targets are called ${JSON.stringify(twice)}`);
}

/** Not by the error of `JSON.parse`, which quotes the text around the place. */
function parsed(file: string, text: string): unknown {
  const wrong = findJsonError(text);
  if (wrong === undefined) return JSON.parse(text);
  const line = text.slice(0, wrong.position).split('\n').length;
  throw new Error(`${file}: line ${line} is not valid JSON`);
}
