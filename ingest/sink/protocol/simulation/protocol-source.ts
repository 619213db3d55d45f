import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import * as ports from '../ports.ts';
import type { Protocol } from './protocol.ts';

/** The files of the protocol that have code. */
export type ProtocolFile =
  'deliver-batch.ts' | 'deliver-block.ts' | 'deliver-run.ts' | 'intent.ts' | 'partition.ts' | 'take-over.ts';

/** A change of the protocol's own text. */
export interface Patch {
  readonly file: ProtocolFile;
  /** Must occur exactly once in the file; any run of white space stands for any other. */
  readonly find: string;
  readonly replace: string;
}

const FOLDER = join(import.meta.dirname, '..');

/**
 * The protocol, compiled from its source with some changes: a mutant is the product's own text but for a few words.
 * @throws Error when a patch does not apply exactly once: then the source has moved on, and the patch must follow.
 */
export function compileProtocol(patches: readonly Patch[]): Protocol {
  const modules = new Map<string, Record<string, unknown>>([['./ports.ts', { ...ports }]]);
  const load = (specifier: string): Record<string, unknown> => {
    const known = modules.get(specifier);
    if (known !== undefined) return known;
    const exports: Record<string, unknown> = {};
    modules.set(specifier, exports);
    const file = specifier.replace('./', '');
    const own = patches.filter((patch) => patch.file === file);
    const source = own.reduce(applyPatch, readFileSync(join(FOLDER, file), 'utf8'));
    const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: file });
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is this project's own
    const run = new Function('require', 'exports', outputText) as (
      require: typeof load,
      exports: Record<string, unknown>,
    ) => void;
    run(load, exports);
    return exports;
  };
  const { takeOver } = load('./take-over.ts');
  const { deliverBatch, settleIdle } = load('./deliver-batch.ts');
  return { takeOver, deliverBatch, settleIdle } as Protocol;
}

function applyPatch(source: string, { file, find, replace }: Patch): string {
  const words = find
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const parts = source.split(new RegExp(words.join('\\s+')));
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places with: ${find}`);
  return parts.join(replace);
}
