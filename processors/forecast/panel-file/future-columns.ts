import { UsageError } from '../../../ingest/program/command.ts';
import type { LongTable } from './long-table.ts';

/** Names as options take them: comma-separated, spaces left out. */
export function namesOf(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** @throws UsageError when the table lacks one of them: without it other figures would come out, and nobody would know. */
export function assertFutureColumns({ further }: LongTable, future: readonly string[]): void {
  const names = further.map(({ name }) => name);
  const unknown = future.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new UsageError(
      `--future names ${unknown.join(', ')}, but the file's further columns are: ${names.join(', ') || 'none'}`,
    );
}
