import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startClickHouse, type RunningClickHouse } from '../../../stack/clickhouse/clickhouse.ts';
import { makeLabFolder } from '../../../stack/lab/folder.ts';
import type { LabStack } from '../../../stack/lab/lab.ts';
import { Killable } from './killable.ts';

/** A ClickHouse of a test's own, in a folder of its own: to be killed, filled up, tampered with. */
export interface OwnClickHouse {
  readonly server: Killable<RunningClickHouse>;
  /** `stack` with this server in the place of the shared one. */
  readonly stack: LabStack;
  /** Of its data. */
  readonly folder: string;
  end(): Promise<void>;
}

/** Starts one with the users of `stack`. `folder`, when given, is used and left. */
export async function ownClickHouse(stack: LabStack, folder?: string): Promise<OwnClickHouse> {
  const home = folder ?? (await makeLabFolder({ in_memory: true }));
  const server = await Killable.of((ports?: RunningClickHouse['ports']) =>
    startClickHouse({
      dataDir: home,
      adminPassword: stack.admin.password,
      analystPassword: stack.analyst.password,
      databases: [],
      ...(ports === undefined ? {} : { ports }),
    }),
  );
  return {
    server,
    stack: { ...stack, clickhouse_url: server.running.url },
    folder: join(home, 'data'),
    async end() {
      await server.stop();
      if (folder === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

/** Paths of the entries of a table's folder that are parts (not its deduplication log, nor what is detached). */
export async function partFolders(table_folder: string): Promise<string[]> {
  const entries = await readdir(table_folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && /^\d+_\d+_\d+_\d+/.test(entry.name))
    .map((entry) => join(table_folder, entry.name));
}
