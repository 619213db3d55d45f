import type { Findings } from './findings.ts';
import type { OffsetRange } from './ranges.ts';

/** What is known of the offsets of a range; an offset that a map lacks is not there. */
export interface Evidence {
  /** Digest of the row that Kafka's message makes; null when it makes none, or more than one. */
  readonly given: ReadonlyMap<number, string | null>;
  /** Digest of the message's bytes, of those offsets that have a dead letter. */
  readonly given_bytes: ReadonlyMap<number, string>;
  /** Rows of the ledger, and their different digests. */
  readonly stored: ReadonlyMap<number, { readonly rows: number; readonly digests: readonly string[] }>;
  /** Different digests of the bytes of dead letters. */
  readonly letters: ReadonlyMap<number, readonly string[]>;
}

/** Judges every offset of a range, all of which the sink has passed. */
export function classify(range: OffsetRange, evidence: Evidence, findings: Findings): void {
  const { given, given_bytes, stored, letters } = evidence;
  for (let offset = range.first; offset <= range.last; offset += 1) {
    const row = stored.get(offset);
    const letter = letters.get(offset);
    if (!given.has(offset)) {
      if (row !== undefined) findings.add('unexplained', offset, offset);
      else if (letter !== undefined) findings.add('unexplained', offset, offset, 'a dead letter');
      continue;
    }
    if (row === undefined && letter === undefined) findings.add('lost', offset);
    if (row !== undefined) {
      if (row.rows > 1) findings.add('doubled', offset);
      const digest = given.get(offset);
      if (row.digests.some((one) => one !== digest)) findings.add('changed', offset);
    }
    if (letter !== undefined) {
      if (row !== undefined) findings.add('doubled', offset, offset, 'stored, and a dead letter too');
      const digest = given_bytes.get(offset);
      if (letter.some((one) => one !== digest)) findings.add('changed', offset, offset, 'the dead letter');
    }
  }
}
