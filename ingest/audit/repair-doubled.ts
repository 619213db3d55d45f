import type { SqlClient } from '../../sql/client.ts';
import { Comparer } from './compare.ts';
import { piecesOf, type OffsetRange } from './ranges.ts';
import { readLog } from './read-log.ts';
import { left, mended, type Damage, type RepairOptions } from './damage.ts';
import type { Finding, Repair } from './report.ts';
import { spareRows, type PlacedRow } from './spare-rows.ts';

/** Rows named in one statement: they travel in its address, of which the server takes 1 MiB. */
const ROWS_A_STATEMENT = 50_000;
const OFFSETS_A_QUESTION = 50_000;
/** Statements for one range at most: one for each part that has spare rows, and some that a merge made void. */
const ROUNDS_MAX = 100;
/** A mutation rewrites the parts that it touches. */
const MUTATION_TIMEOUT_S = 600;

/**
 * Drops the spare copies of doubled rows: one that equals the message stays, whatever else there is goes. That is safe
 * for three reasons: a row is named by its part and its place in it, and after a merge nothing has that name; the row
 * that stays is in the same answer and nothing else ever drops rows of a ledger; and the range is read back.
 */
export async function dropDoubled(
  options: RepairOptions,
  doubled: readonly (Damage & Finding)[],
): Promise<Repair[]> {
  const repairs: Repair[] = [];
  const droppable: Damage[] = [];
  for (const damage of doubled) {
    const reason = await whyNotDropped(options.sql, damage);
    if (reason === null) droppable.push(damage);
    else repairs.push(left(damage, 'doubled', reason));
  }
  const known = droppable.filter(({ position, first }) => first >= (position.kafka?.low ?? Infinity));
  await readLog(options.kafka, options.group, known, async ({ range, first, last, messages }) => {
    const comparer = await Comparer.of(options.sql, range.position.type);
    const digests = await comparer.digestsOf(messages);
    repairs.push(await dropSpares(options.sql, range, { first, last }, digests));
  });
  for (const damage of droppable.filter((one) => !known.includes(one))) {
    for (const piece of piecesOf(damage, OFFSETS_A_QUESTION)) {
      repairs.push(await dropSpares(options.sql, damage, piece, null));
    }
  }
  return repairs;
}

async function whyNotDropped(sql: SqlClient, { detail, position }: Damage & Finding): Promise<string | null> {
  if (detail !== '') return 'whether the row or the dead letter is right is for a person to say';
  const [table] = await sql.queryFile<{ engine: string }>('queries/audit/table-engine.sql', {
    params: { raw: position.type.raw_table },
  });
  return table?.engine === 'MergeTree'
    ? null
    : 'its table is distributed: rows have no name there that holds until they are dropped';
}

/** `digests` are those of Kafka's messages; null when it has forgotten them: then the copies must at least be equal. */
async function dropSpares(
  sql: SqlClient,
  damage: Damage,
  range: OffsetRange,
  digests: ReadonlyMap<number, string | null> | null,
): Promise<Repair> {
  const { type, topic, partition } = damage.position;
  const params = { raw: type.raw_table, topic, partition, ...range };
  let dropped = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const placed = await sql.queryFile<PlacedRow>('queries/audit/rows-of-offsets.sql', { params });
    const spares = spareRows(placed, digests);
    const [spare] = spares ?? [];
    if (spares === null) {
      return left({ ...damage, ...range }, 'doubled', 'the copies differ, and none is certainly the message');
    }
    if (spare === undefined) return mended(damage, 'doubled', range, `${dropped} spare rows dropped`);
    // One part at a time: a mutation gives every part of the table a new name, so the others are asked for again.
    const rows = spares.filter(({ part }) => part === spare.part).slice(0, ROWS_A_STATEMENT);
    await sql.commandFile('queries/audit/drop-rows.sql', {
      params: { ...params, part: spare.part, rows: rows.map(({ row }) => row) },
      settings: { max_execution_time: MUTATION_TIMEOUT_S },
    });
    dropped += rows.length;
  }
  return left(
    { ...damage, ...range },
    'doubled',
    'merges came between again and again: run the repair once more',
  );
}
