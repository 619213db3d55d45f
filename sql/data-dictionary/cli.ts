import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describedTables } from './described.ts';
import { DICTIONARY_FILE, chineseNames, missingDescriptions, renderDictionary } from './render.ts';

/**
 * `npm run docs:dictionary`: writes the data dictionary; with `--check` only compares. Exit code 1 when a comment or a Chinese name is
 * missing, or with `--check` when the file is not what would be written.
 */
const file = join(import.meta.dirname, '..', '..', DICTIONARY_FILE);
const tables = describedTables();
const names = chineseNames();
const missing = missingDescriptions(tables, names);
const text = renderDictionary(tables, names);
if (missing.length > 0) {
  process.stderr.write(`${missing.join('\n')}\n`);
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
  process.stdout.write(`${DICTIONARY_FILE}: ${tables.length} views\n`);
} else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write(`${DICTIONARY_FILE} is stale: npm run docs:dictionary\n`);
  process.exitCode = 1;
}
