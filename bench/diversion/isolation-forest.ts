import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlClient } from '../../sql/client.ts';
import { pythonVenv, runPython } from '../../stack/python/venv.ts';
import { f1Of, scoreOf, sumOf, type Raised, type Score } from './score.ts';
import type { TruthRow } from '../../simulator/injections/truth.ts';

const FOLDER = import.meta.dirname;
/** Shares of all scans that are called strange, of which the peer gets the one that suits it best. */
const SHARES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05];
const FEATURES = [
  'km_from_home',
  'other_province',
  'other_prefecture',
  'other_dealer',
  'not_shipped',
  'by_consumer',
  'hours_since_shipment',
  'sessions',
  'scans',
  'km_per_h',
] as const;

type FeatureRow = Readonly<Record<(typeof FEATURES)[number], number>> & {
  readonly code: string;
  readonly origin_dealer_id: string;
  readonly found: string;
  readonly sku_id: string;
  readonly lot: string;
};

/** A scan with how strange the forest finds it. */
export type StrangeScan = Pick<FeatureRow, 'code' | 'origin_dealer_id' | 'found' | 'sku_id' | 'lot'> & {
  readonly score: number;
};

/** Makes the peer's Python environment if it is not there. Returns its interpreter. */
export function installForest(): Promise<string> {
  return pythonVenv('diversion-peers', join(FOLDER, 'requirements.txt'));
}

/** The peer that learns without labels: scikit-learn's IsolationForest over every scan of the ledgers, the strangest first. */
export async function isolationForest(sql: SqlClient, python: string): Promise<StrangeScan[]> {
  const rows = await sql.query<FeatureRow>(readFileSync(join(FOLDER, 'isolation-features.sql'), 'utf8'));
  const folder = await mkdtemp(join(tmpdir(), 'isolation-'));
  try {
    const features = join(folder, 'features.csv');
    const scores = join(folder, 'scores.txt');
    await writeFile(features, rows.map((row) => FEATURES.map((name) => row[name]).join(',')).join('\n'));
    await runPython(python, [join(FOLDER, 'isolation_forest.py'), features, scores]);
    const lines = (await readFile(scores, 'utf8')).trim().split('\n');
    return rows
      .map(({ code, origin_dealer_id, found, sku_id, lot }, i) => ({
        code,
        origin_dealer_id,
        found,
        sku_id,
        lot,
        score: Number(lines[i]),
      }))
      .toSorted((a, b) => b.score - a.score);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The peer's score at that of `SHARES` which gives it the highest F1 over all streams: what it could reach at best. */
export function bestOf(
  streams: readonly { readonly truths: readonly TruthRow[]; readonly strange: readonly StrangeScan[] }[],
): Score {
  return SHARES.map((share) =>
    sumOf(streams.map(({ truths, strange }) => scoreOf(truths, casesOf(strange, share)))),
  ).reduce((best, score) => ((f1Of(score) ?? 0) > (f1Of(best) ?? 0) ? score : best));
}

/** One case for each origin, prefecture, product and lot of the strangest scans. */
function casesOf(strange: readonly StrangeScan[], share: number): Raised[] {
  const cases = new Map<string, Raised & { readonly codes: string[] }>();
  for (const { code, origin_dealer_id, found, sku_id, lot } of strange.slice(
    0,
    Math.ceil(share * strange.length),
  )) {
    const key = [origin_dealer_id, found, sku_id, lot].join('|');
    const known = cases.get(key);
    if (known !== undefined) known.codes.push(code);
    else
      cases.set(key, {
        kinds: [],
        origin_dealer_id,
        found_adcode: found,
        sku_id,
        codes: [code],
        seen_ms: null,
      });
  }
  return [...cases.values()];
}
