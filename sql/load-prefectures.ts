import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { SqlClient } from './client.ts';
import { prefecturesFile, readPrefectures } from './geo/load.ts';
import { sha256 } from './migration-files.ts';
import { quoted } from './render.ts';

/** Under this name the ledger remembers which outlines are loaded. */
export const PREFECTURES_OBJECT = 'geo/prefectures';

/**
 * Puts the outlines of `folder` (default: the shipped ones) into core_prefectures when they are not the ones of
 * `known_hash`, and returns their hash. Readers see the old set or the new one, never a part: the rows are gathered in
 * raw_prefectures_next and take their place in one step, after which the polygon dictionary is loaded again, if it was. Repeatable
 * after a kill at any point.
 */
export async function loadPrefectures(
  client: SqlClient,
  known_hash: string | undefined,
  cluster: string | null,
  folder?: string,
): Promise<string> {
  const file = readFileSync(prefecturesFile(folder));
  const hash = sha256(file);
  if (hash === known_hash) return hash;
  // Those of somebody else are read first: an error then names the line. Of the shipped ones a test has read each.
  if (folder !== undefined) readPrefectures(folder);
  const on_cluster = cluster === null ? '' : `ON CLUSTER ${quoted(cluster)}`;
  await client.command(`TRUNCATE TABLE raw_prefectures_next ${on_cluster}`);
  await client.insertLines({ table: 'raw_prefectures_next', lines: gunzipSync(file) });
  await client.command('ALTER TABLE core_prefectures REPLACE PARTITION tuple() FROM raw_prefectures_next');
  await client.command(`TRUNCATE TABLE raw_prefectures_next ${on_cluster}`);
  await reloadIfLoaded(client, on_cluster);
  return hash;
}

/** Building the index of the outlines takes seconds: a dictionary that nobody has asked yet does it when it is asked. */
async function reloadIfLoaded(client: SqlClient, on_cluster: string): Promise<void> {
  const [dictionary] = await client.query<{ status: string }>(
    "SELECT status FROM system.dictionaries WHERE database = currentDatabase() AND name = 'raw_prefecture_polygons'",
  );
  if (on_cluster === '' && dictionary?.status === 'NOT_LOADED') return;
  await client.command(`SYSTEM RELOAD DICTIONARY raw_prefecture_polygons ${on_cluster}`);
}
