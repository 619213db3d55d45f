import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../../../ingest/program/caught.ts';
import { MANIFEST_FILE, SUCCESS_FILE, parseManifest, successText } from './manifest.ts';

/** What is wrong with a delivered folder, a sentence for each fault; none = it is whole, byte for byte. */
export async function faultsOf(folder: string): Promise<string[]> {
  const text = await textOf(join(folder, MANIFEST_FILE));
  if (text === undefined) return [`${MANIFEST_FILE} is missing`];
  const faults: string[] = [];
  const success = await textOf(join(folder, SUCCESS_FILE));
  if (success === undefined) faults.push(`${SUCCESS_FILE} is missing: the delivery has not ended`);
  else if (success !== successText(text)) faults.push(`${SUCCESS_FILE} is about another ${MANIFEST_FILE}`);
  for (const { name, bytes, sha256 } of parseManifest(text).files) {
    const found = await digestOf(join(folder, name));
    if (found === undefined) faults.push(`${name} is missing`);
    else if (found.bytes !== bytes) faults.push(`${name} has ${found.bytes} bytes, not ${bytes}`);
    else if (found.sha256 !== sha256) faults.push(`${name} has the SHA-256 ${found.sha256}, not ${sha256}`);
  }
  return faults;
}

async function digestOf(
  file: string,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await pipeline(createReadStream(file), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        hash.update(chunk);
      }
    });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
