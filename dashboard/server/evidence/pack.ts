import { createHash } from 'node:crypto';
import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import { messageOf } from '../../../ingest/program/caught.ts';

/** Files of a pack by name, without its manifest. */
export type PackFiles = Readonly<Record<string, Uint8Array>>;

const MANIFEST = 'manifest.json';
/** Raised when the meaning of a file changes. */
const FORMAT = 'dealerstream-evidence-1';
/** The earliest that ZIP can tell: the time of packing must not be in the bytes. */
const NO_TIME = new Date(1980, 0, 1);

export interface Pack {
  readonly bytes: Uint8Array;
  /** SHA-256 of the manifest, hex: it stands for the whole pack. */
  readonly digest: string;
}

/** Packs files with a manifest of their SHA-256. The same files give the same bytes: they are stored, not compressed. */
export function packOf(files: PackFiles): Pack {
  const manifest = manifestOf(files);
  return { bytes: zipOf({ ...files, [MANIFEST]: manifest }), digest: sha256(manifest) };
}

/** What is wrong with a pack, a line for each; none = it is whole. */
export interface Verdict {
  readonly faults: readonly string[];
  /** Of the manifest that is in it; null without one. */
  readonly digest: string | null;
  readonly files: PackFiles;
}

/**
 * Whether a pack is byte for byte what was packed: each file by its SHA-256, none missing, none added, and the archive
 * itself. Whoever changes a file and its manifest alike changes the digest: compare it with the one that was told.
 */
export function verifyPack(bytes: Uint8Array): Verdict {
  let found: Record<string, Uint8Array>;
  try {
    found = unzipSync(bytes);
  } catch (error) {
    return { faults: [`not a readable ZIP: ${messageOf(error)}`], digest: null, files: {} };
  }
  const { [MANIFEST]: manifest, ...files } = found;
  if (manifest === undefined) return { faults: [`${MANIFEST} is missing`], digest: null, files };
  const faults = faultsOf(files, manifest);
  // Whatever is in the bytes beside the files (names, lengths, times) follows from them too.
  if (faults.length === 0 && !Buffer.from(zipOf(found)).equals(bytes)) {
    faults.push('the archive is not the one that was packed, though its files are');
  }
  return { faults, digest: sha256(manifest), files };
}

function faultsOf(files: PackFiles, manifest: Uint8Array): string[] {
  const told = hashesIn(manifest);
  if (told === null) return [`${MANIFEST} is not a manifest of ${FORMAT}`];
  const faults = Object.entries(told).flatMap(([name, hash]) => {
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    if (file === undefined) return [`${name} is missing`];
    return sha256(file) === hash ? [] : [`${name} has changed`];
  });
  for (const name of Object.keys(files)) {
    if (!Object.hasOwn(told, name)) faults.push(`${name} was added`);
  }
  if (faults.length === 0 && !Buffer.from(manifestOf(files)).equals(manifest)) {
    faults.push(`${MANIFEST} has changed`);
  }
  return faults;
}

function manifestOf(files: PackFiles): Uint8Array {
  const hashes = Object.fromEntries(
    namesOf(files).map((name) => [name, { sha256: sha256(files[name] ?? new Uint8Array()) }]),
  );
  return strToU8(`${JSON.stringify({ format: FORMAT, files: hashes }, null, 2)}\n`);
}

/** Name → SHA-256; null when it is no manifest. */
function hashesIn(manifest: Uint8Array): Record<string, string> | null {
  let told: unknown;
  try {
    told = JSON.parse(strFromU8(manifest));
  } catch {
    return null;
  }
  if (typeof told !== 'object' || told === null) return null;
  if (!('format' in told) || told.format !== FORMAT || !('files' in told)) return null;
  if (typeof told.files !== 'object' || told.files === null) return null;
  return Object.fromEntries(
    Object.entries(told.files as Record<string, { sha256?: unknown } | null>).map(([name, entry]) => [
      name,
      String(entry?.sha256),
    ]),
  );
}

function zipOf(files: PackFiles): Uint8Array {
  const entries: Zippable = {};
  for (const name of namesOf(files)) entries[name] = files[name] ?? new Uint8Array();
  return zipSync(entries, { level: 0, mtime: NO_TIME });
}

function namesOf(files: PackFiles): string[] {
  return Object.keys(files).sort();
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
