import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlClient } from '../../../sql/client.ts';
import type { ExportFormat } from '../export-format.ts';
import { ForecastExports, type StoredVersion } from '../forecast-exports.ts';
import { SuggestionExports } from '../suggestion-exports.ts';
import type { Destination } from './destination.ts';
import {
  MANIFEST_FILE,
  SUCCESS_FILE,
  manifestText,
  parseManifest,
  successText,
  type Dataset,
  type DeliveredFile,
  type Manifest,
} from './manifest.ts';
import { spool } from './spool.ts';

/** What changes while it is exported is exported again, so often at most. */
const ATTEMPTS_MAX = 3;

export interface DeliveryRequest {
  readonly version: StoredVersion;
  readonly datasets: readonly Dataset[];
  readonly formats: readonly ExportFormat[];
}

export interface Delivered {
  /** Whether it lay there already, byte for byte, so that nothing was written. */
  readonly is_unchanged: boolean;
  readonly manifest: Manifest;
}

interface State {
  readonly forecast: number;
  readonly replenishment: number;
  readonly transfers: number;
  readonly suggestions_decided_at: string | null;
  readonly suggested_at: string | null;
}

/**
 * Delivers the exports of a version into a folder: all files are made and checked in a temporary folder here (disk for all of them is
 * needed, memory is not), then `_SUCCESS` is taken away there, each file put under its name, then the manifest, and `_SUCCESS` last. What
 * is there already is not sent again; what an earlier manifest lists and this one does not is removed. Whatever fails leaves no `_SUCCESS`
 * beside files that do not belong together; the next delivery puts it right.
 * @throws Error when the version keeps changing meanwhile, when an export was cut, or when the destination refuses
 */
export async function deliver(
  sql: SqlClient,
  destination: Destination,
  request: DeliveryRequest,
  onStep: (step: string) => void,
): Promise<Delivered> {
  const there = await deliveredThere(destination, onStep);
  const state = await stateOf(sql, request.version.forecast_version);
  if (there?.is_whole === true && isOf(there.manifest, request, state)) {
    return { is_unchanged: true, manifest: there.manifest };
  }
  const folder = await mkdtemp(join(tmpdir(), 'dealerstream-delivery-'));
  try {
    const manifest = await makeFiles(sql, request, folder, onStep);
    await putAll(destination, folder, manifest, there?.manifest.files ?? [], onStep);
    return { is_unchanged: false, manifest };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The manifest of an earlier delivery, and whether its files are there as it says; undefined where there is none, or none to be read. */
async function deliveredThere(
  destination: Destination,
  onStep: (step: string) => void,
): Promise<{ readonly manifest: Manifest; readonly is_whole: boolean } | undefined> {
  const text = await destination.read(MANIFEST_FILE);
  if (text === undefined) return undefined;
  let manifest: Manifest;
  try {
    manifest = parseManifest(text);
  } catch (error) {
    onStep(`what lies there is delivered anew: ${String(error)}`);
    return undefined;
  }
  const success = await destination.read(SUCCESS_FILE);
  if (success !== successText(text)) return { manifest, is_whole: false };
  for (const { name, bytes } of manifest.files)
    if ((await destination.size(name)) !== bytes) return { manifest, is_whole: false };
  return { manifest, is_whole: true };
}

function isOf(manifest: Manifest, { version, datasets, formats }: DeliveryRequest, state: State): boolean {
  const names = datasets.flatMap((dataset) => formats.map((format) => `${dataset}.${format}`));
  return (
    manifest.forecast_version === version.forecast_version &&
    manifest.revision === version.revision &&
    manifest.suggestions_decided_at === state.suggestions_decided_at &&
    manifest.suggested_at === state.suggested_at &&
    manifest.files.map(({ name }) => name).join() === names.join() &&
    manifest.files.every(({ dataset, rows }) => rows === state[dataset])
  );
}

async function makeFiles(
  sql: SqlClient,
  { version, datasets, formats }: DeliveryRequest,
  folder: string,
  onStep: (step: string) => void,
): Promise<Manifest> {
  const exports = new ForecastExports(sql);
  const suggestions = new SuggestionExports(sql);
  const { forecast_version } = version;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const before = await momentOf(sql, exports, forecast_version);
    const files: DeliveredFile[] = [];
    for (const dataset of datasets) {
      for (const format of formats) {
        const name = `${dataset}.${format}`;
        const source =
          dataset === 'forecast'
            ? await exports.file(version, {}, format)
            : await suggestions.file(dataset, { forecast_version }, format, new Date(version.generated_at));
        const file = await spool(source, join(folder, name), {
          dataset,
          format,
          rows_expected: before.state[dataset],
        });
        onStep(`${name}: ${file.rows} rows, ${file.bytes} bytes`);
        files.push(file);
      }
    }
    const after = await momentOf(sql, exports, forecast_version);
    if (JSON.stringify(after) !== JSON.stringify(before)) {
      onStep('overrides, decisions or suggestions were made meanwhile: once more');
      continue;
    }
    return {
      manifest_version: 1,
      forecast_version,
      as_of: version.as_of,
      generated_at: version.generated_at,
      revision: after.revision,
      suggestions_decided_at: after.state.suggestions_decided_at,
      suggested_at: after.state.suggested_at,
      delivered_at: new Date().toISOString(),
      files,
    };
  }
  throw new Error(`${forecast_version} changed ${ATTEMPTS_MAX} times while it was exported`);
}

async function momentOf(sql: SqlClient, exports: ForecastExports, name: string) {
  const version = await exports.version(name);
  if (version === undefined) throw new Error(`there is no version ${name} any more`);
  return { revision: version.revision, state: await stateOf(sql, name) };
}

async function stateOf(sql: SqlClient, version: string): Promise<State> {
  const [state] = await sql.queryFile<State>('queries/exports/state.sql', { params: { version } });
  if (state === undefined) throw new Error('the state of the exports cannot be read');
  return state;
}

async function putAll(
  destination: Destination,
  folder: string,
  manifest: Manifest,
  earlier: readonly DeliveredFile[],
  onStep: (step: string) => void,
): Promise<void> {
  await destination.remove(SUCCESS_FILE);
  for (const file of manifest.files) {
    const same = earlier.find(({ name, sha256 }) => name === file.name && sha256 === file.sha256);
    if (same !== undefined && (await destination.size(file.name)) === file.bytes) continue;
    await destination.put(file.name, join(folder, file.name));
    onStep(`${destination.address}/${file.name}`);
  }
  for (const { name } of earlier)
    if (!manifest.files.some((file) => file.name === name)) await destination.remove(name);
  const text = manifestText(manifest);
  await writeFile(join(folder, MANIFEST_FILE), text);
  await writeFile(join(folder, SUCCESS_FILE), successText(text));
  await destination.put(MANIFEST_FILE, join(folder, MANIFEST_FILE));
  await destination.put(SUCCESS_FILE, join(folder, SUCCESS_FILE));
}
