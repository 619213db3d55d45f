import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { DBT_SOURCES_FILE, renderDbtSources } from './dbt-sources.ts';
import { describedTables } from './described.ts';
import { DICTIONARY_FILE, chineseNames, missingDescriptions, renderDictionary } from './render.ts';

/**
 * `npm run docs:dictionary`: writes the data dictionary and the dbt sources; with `--check` only compares. Exit code 1 when a
 * comment or a Chinese name is missing, or with `--check` when a file is not what would be written.
 */
const { check } = new Command('docs:dictionary')
  .allowExcessArguments(false)
  .description('Writes the data dictionary and the dbt sources out of the comments of the schema.')
  .option('--check', 'only compare', false)
  .parse()
  .opts<{ check: boolean }>();
const root = join(import.meta.dirname, '..', '..');
const tables = describedTables();
const names = chineseNames();
const documents = new Map([
  [DICTIONARY_FILE, renderDictionary(tables, names)],
  [DBT_SOURCES_FILE, renderDbtSources(tables, names)],
]);
const missing = missingDescriptions(tables, names);
if (missing.length > 0) fail(missing.join('\n'));
for (const [file, text] of missing.length > 0 ? [] : documents) {
  if (!check) {
    writeFileSync(join(root, file), text);
    process.stdout.write(`${file}: ${tables.length} views\n`);
  } else if (readFileSync(join(root, file), 'utf8') !== text) {
    fail(`${file} is stale: npm run docs:dictionary`);
  }
}

function fail(why: string): void {
  process.stderr.write(`${why}\n`);
  process.exitCode = 1;
}
