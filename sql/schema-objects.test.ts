import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sqlText } from './client.ts';
import { SCHEMA_OBJECTS } from './schema-objects.ts';
import { splitStatements } from './statements.ts';

const FOLDERS = ['functions', 'ledger', 'core', 'dictionaries', 'mart'];

test('every view, dictionary and function is in the list, once', () => {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(import.meta.dirname, folder))
      .filter((file) => file.endsWith('.sql'))
      .map((file) => `${folder}/${file}`),
  );
  expect([...SCHEMA_OBJECTS].sort()).toEqual(files.sort());
});

test('each statement puts its object in the place of the former one', () => {
  for (const file of SCHEMA_OBJECTS) {
    for (const statement of splitStatements(sqlText(file))) {
      expect(statement.replaceAll(/^--.*$/gm, '').trim(), file).toMatch(/^CREATE OR REPLACE /);
    }
  }
});
