import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitStatements } from './statements.ts';

/** One numbered file of `sql/migrations/`. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  /** SHA-256 of the file as it stands, hex. */
  readonly sha256: string;
  /** Its statements, not yet rendered. */
  readonly statements: readonly string[];
}

/** A schema that must not be touched: told to a person, never retried. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

const FILE_NAME = /^([0-9]{4})_([a-z0-9_]+)\.sql$/;

/**
 * The migrations of a folder in their order: the bootstrap 0, then rising numbers (ledgers from 1, marts from 200).
 * Throws MigrationError on a stray file or a number used twice.
 */
export function readMigrations(folder: string): Migration[] {
  const migrations = readdirSync(folder)
    .sort()
    .map((file) => readMigration(folder, file));
  migrations.forEach((migration, i) => {
    if (migration.number === migrations[i - 1]?.number) {
      throw new MigrationError(`two migrations have the number ${migration.number} (${migration.name})`);
    }
  });
  return migrations;
}

function readMigration(folder: string, file: string): Migration {
  const match = FILE_NAME.exec(file);
  if (match === null) throw new MigrationError(`${file} is not named NNNN_name.sql`);
  const text = readFileSync(join(folder, file), 'utf8');
  return {
    number: Number(match[1]),
    name: match[2] ?? '',
    sha256: sha256(text),
    statements: splitStatements(text),
  };
}

/** SHA-256 of a text, hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
