import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A column as its statement declares it. */
export interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  /** Empty = none. */
  readonly comment: string;
}

/** A view or table that analysts read. */
export interface DescribedTable {
  readonly name: string;
  readonly comment: string;
  /** What a view takes when it is called, as `name Type`; empty for what is read by its name. */
  readonly parameters: readonly string[];
  readonly columns: readonly DescribedColumn[];
}

const SQL_DIR = join(import.meta.dirname, '..');
const FOLDERS = ['core', 'mart', 'migrations'];
const CREATE =
  /CREATE (?:OR REPLACE VIEW|TABLE IF NOT EXISTS) ((?:core|mart)_[a-z0-9_]+) \{\{on_cluster\}\}\n\(\n/g;
/** A column stands on a line of its own, four spaces in. */
const COLUMN = /^ {4}([a-z0-9_]+) (.+?)(?: COMMENT '((?:[^']|'')*)')?(?: CODEC\([^)]*(?:\([^)]*\))*\))?,?$/;

/**
 * Every core_ and mart_ view and table with its columns, read off the statements that create them: sorted by name, core first.
 * Throws when a statement is not written as all are.
 */
export function describedTables(): DescribedTable[] {
  const tables = FOLDERS.flatMap((folder) =>
    readdirSync(join(SQL_DIR, folder))
      .filter((file) => file.endsWith('.sql'))
      .flatMap((file) => tablesIn(readFileSync(join(SQL_DIR, folder, file), 'utf8'))),
  );
  return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The tables of one file. */
export function tablesIn(text: string): DescribedTable[] {
  return [...text.matchAll(CREATE)].map((match) => {
    const name = match[1] ?? '';
    const body = text.slice(match.index + match[0].length);
    const end = body.indexOf('\n)\n');
    if (end < 0) throw new SyntaxError(`${name}: its columns have no end`);
    const columns = body
      .slice(0, end)
      .split('\n')
      .map((line) => {
        const column = COLUMN.exec(line);
        if (column === null) throw new SyntaxError(`${name}: not a column: ${line}`);
        return { name: column[1] ?? '', type: column[2] ?? '', comment: plain(column[3]) };
      });
    const comment = /^COMMENT '((?:[^']|'')*)'/m.exec(body.slice(end));
    const statement = body.slice(end, comment?.index === undefined ? undefined : end + comment.index);
    return { name, comment: plain(comment?.[1]), parameters: parametersIn(statement), columns };
  });
}

function parametersIn(statement: string): string[] {
  const found = [...statement.matchAll(/\{([a-z_]+): ([^{}]+)\}/g)].map(
    ([, name, type]) => `${name ?? ''} ${type ?? ''}`,
  );
  return [...new Set(found)];
}

function plain(text: string | undefined): string {
  return (text ?? '').replaceAll("''", "'");
}
