import type { Block } from './ports.ts';

/**
 * The write-ahead note of one insert, kept as the metadata of the offset commit that precedes it. With the messages
 * it is enough to repeat the very same block: bounds, instant of ingest, digest; and to find and end the insert.
 */
export interface Intent {
  readonly kind: 'insert' | 'dead_letter';
  readonly first: number;
  readonly last: number;
  readonly n: number;
  readonly hash: string;
  readonly ingested_at_ms: number;
  /** Which try this is, from 0: makes the query id of each try its own. */
  readonly attempt: number;
  /** 0 = the plain token; another number stands in the token, after the one before it proved to be an orphan. */
  readonly salt: number;
}

/** Raised when blocks are built differently: a digest is only compared with one of the same version. */
const VERSION = 1;
const FORM =
  /^v(?<version>\d+) (?<kind>insert|dead_letter) (?<first>\d+)-(?<last>\d+):(?<n>\d+):(?<hash>[\w-]*) at=(?<at>\d+) attempt=(?<attempt>\d+) salt=(?<salt>\d+)$/;

/** The metadata of a commit after which nothing is open. */
export const SETTLED = 'settled';

export function intentOf(block: Block, attempt: number, salt: number): Intent {
  const { first, last, n, hash, ingested_at_ms } = block;
  return { kind: 'insert', first, last, n, hash, ingested_at_ms, attempt, salt };
}

/** `v1 insert first-last:n:hash at=… attempt=… salt=…`, well below Kafka's 4096 characters. */
export function encodeIntent(intent: Intent): string {
  const { kind, first, last, n, hash, ingested_at_ms, attempt, salt } = intent;
  return `v${VERSION} ${kind} ${first}-${last}:${n}:${hash} at=${ingested_at_ms} attempt=${attempt} salt=${salt}`;
}

/** null for anything that is not an intent. An intent of another version has hash "": its digest cannot be compared. */
export function decodeIntent(metadata: string): Intent | null {
  const fields = FORM.exec(metadata)?.groups;
  if (fields === undefined) return null;
  const number = (name: string): number => Number(fields[name]);
  return {
    kind: fields['kind'] === 'insert' ? 'insert' : 'dead_letter',
    first: number('first'),
    last: number('last'),
    n: number('n'),
    hash: number('version') === VERSION ? (fields['hash'] ?? '') : '',
    ingested_at_ms: number('at'),
    attempt: number('attempt'),
    salt: number('salt'),
  };
}

/** Names of one partition's tokens and queries. `scope` tells installations on one server apart (database, prefix). */
export interface PartitionName {
  readonly scope: string;
  readonly topic: string;
  readonly partition: number;
}

/** `topic:partition:first-last`, and `#salt` after an orphan. Part of the table's deduplication log. */
export function tokenOf(name: PartitionName, intent: Intent): string {
  const plain = `${name.topic}:${name.partition}:${intent.first}-${intent.last}`;
  return intent.salt === 0 ? plain : `${plain}#${intent.salt}`;
}

/** Another owner of the partition can compute it from the intent alone, and so end an insert that it did not start. */
export function queryIdOf(name: PartitionName, intent: Intent): string {
  return `sink:${name.scope}:${name.topic}:${name.partition}:${intent.first}-${intent.last}:${intent.attempt}`;
}
