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
  /** Name of the insert that the first try shares with blocks of other partitions; "" = it is the block's own. */
  readonly shared: string;
}

/**
 * What a commit says besides its offset: what is open, and since when the ClickHouse server had been running under which the
 * copies of all below are known to be whole.
 */
export interface CommitNote {
  /** null = nothing is open. */
  readonly open: Intent | null;
  /** The server's start, s since 1970; null in notes that do not tell. */
  readonly server_s: number | null;
}

/** Raised when blocks are built differently: a digest is only compared with one of the same version. */
const VERSION = 1;
const FORM =
  /^v(?<version>\d+) (?<kind>insert|dead_letter) (?<first>\d+)-(?<last>\d+):(?<n>\d+):(?<hash>[\w-]*) at=(?<at>\d+) attempt=(?<attempt>\d+) salt=(?<salt>\d+)(?: shared=(?<shared>[\w-]+))?(?: server=\d+)?$/;
const SERVER = / server=(?<server>\d+)$/;

export function intentOf(block: Block, attempt: number, salt: number, shared: string): Intent {
  const { first, last, n, hash, ingested_at_ms } = block;
  return { kind: 'insert', first, last, n, hash, ingested_at_ms, attempt, salt, shared };
}

/** `settled server=…` or `v1 insert first-last:n:hash at=… attempt=… salt=… shared=… server=…`, well below Kafka's 4096 characters. */
export function encodeNote({ open, server_s }: CommitNote): string {
  const what = open === null ? 'settled' : encodeIntent(open);
  return server_s === null ? what : `${what} server=${server_s}`;
}

/** Of a commit that somebody else made nothing is known. */
export function decodeNote(metadata: string): CommitNote {
  const server = SERVER.exec(metadata)?.groups?.['server'];
  return { open: decodeIntent(metadata), server_s: server === undefined ? null : Number(server) };
}

function encodeIntent(intent: Intent): string {
  const { kind, first, last, n, hash, ingested_at_ms, attempt, salt, shared } = intent;
  const own = `v${VERSION} ${kind} ${first}-${last}:${n}:${hash} at=${ingested_at_ms} attempt=${attempt} salt=${salt}`;
  return shared === '' ? own : `${own} shared=${shared}`;
}

/** null for anything that is not an intent. An intent of another version has hash "": its digest cannot be compared. */
function decodeIntent(metadata: string): Intent | null {
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
    shared: fields['shared'] ?? '',
  };
}

/** Names of one partition's tokens and queries. `scope` tells installations on one server apart (database, prefix). */
export interface PartitionName {
  readonly scope: string;
  readonly topic: string;
  readonly partition: number;
}

/**
 * `topic:partition:first-last`, and `#salt` after an orphan; of a shared insert `topic:shared:name`. Part of the table's
 * deduplication log. Whoever repeats its own part of a shared insert does so under the insert's own token: should the insert
 * itself still come, it then is dropped as a whole, and the others find the token an orphan.
 */
export function tokenOf(name: PartitionName, intent: Intent): string {
  if (intent.shared !== '' && intent.salt === 0) return `${name.topic}:shared:${intent.shared}`;
  const plain = `${name.topic}:${name.partition}:${intent.first}-${intent.last}`;
  return intent.salt === 0 ? plain : `${plain}#${intent.salt}`;
}

/** Another owner of the partition can compute it from the intent alone, and so end an insert that it did not start. */
export function queryIdOf(name: PartitionName, intent: Intent): string {
  const { first, last, attempt, shared } = intent;
  if (shared !== '' && attempt === 0) return `sink:${name.scope}:${name.topic}:shared:${shared}`;
  return `sink:${name.scope}:${name.topic}:${name.partition}:${first}-${last}:${attempt}`;
}

const SHARED_QUERY = /^sink:.*:shared:(?<name>[\w-]+)$/;

/** Name of the shared insert that a query id is of; null where it is of one block. */
export function sharedNameOf(query_id: string): string | null {
  return SHARED_QUERY.exec(query_id)?.groups?.['name'] ?? null;
}
