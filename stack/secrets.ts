import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createSecret } from '../ingest/keys/key-record.ts';
import { readJson, writePrivateJson } from './private-json.ts';

/** The secrets of one data folder. */
export interface Secrets {
  admin_token: string;
  /** May write for every source. */
  ingest_key: string;
  /** Opens the wallboard of this machine. */
  display_token: string;
  clickhouse_password: string;
  analyst_password: string;
}

const MAKERS: Readonly<Record<keyof Secrets, () => string>> = {
  admin_token: () => randomBytes(32).toString('base64url'),
  ingest_key: () => createSecret('ingest'),
  display_token: () => createSecret('display'),
  clickhouse_password: () => randomBytes(24).toString('base64url'),
  analyst_password: () => randomBytes(24).toString('base64url'),
};

/** Reads `secrets.json` of the data folder, making whatever is missing once; what was made is kept for ever. */
export function keepSecrets(dataDir: string): Secrets {
  const file = join(dataDir, 'secrets.json');
  const known = (readJson(file) ?? {}) as Partial<Secrets>;
  const entries = Object.entries(MAKERS) as [keyof Secrets, () => string][];
  const secrets = Object.fromEntries(entries.map(([name, make]) => [name, known[name] ?? make()]));
  if (entries.some(([name]) => known[name] === undefined)) writePrivateJson(file, secrets);
  return secrets as unknown as Secrets;
}
