import { InvalidArgumentError } from 'commander';

/** Names of columns that a file calls otherwise: from the file's header to the name meant. */
export type ColumnNames = ReadonlyMap<string, string>;

/** Reads `series_id=item,date=week`: the name meant, then the header of the file. */
export function columnNames(text: string): ColumnNames {
  const names = new Map<string, string>();
  for (const pair of text.split(',')) {
    const [meant = '', header = '', ...more] = pair.split('=').map((part) => part.trim());
    if (meant === '' || header === '' || more.length > 0)
      throw new InvalidArgumentError(`"${pair}" is not name=header`);
    if (names.has(header)) throw new InvalidArgumentError(`header "${header}" is named twice`);
    names.set(header, meant);
  }
  return names;
}

/** The option of commands that read a panel file. */
export const COLUMNS_OPTION = [
  '--columns <name=header,…>',
  'columns that the file calls otherwise, e.g. series_id=item,qty=sales',
] as const;
