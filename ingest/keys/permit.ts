import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { PersonRole } from '../../models/contract/roles.ts';
import { hashSecret, type KeyKind, type KeyRecord } from './key-record.ts';

/** Who asks, and what they may do. `admin` may do everything. */
export type Permit =
  | { readonly kind: 'admin'; readonly key_id: 'admin' }
  | {
      readonly kind: KeyKind;
      readonly key_id: string;
      /** Sources that it may write for; undefined = every one. */
      readonly sources: ReadonlySet<string> | undefined;
      /** Dealers that it may write for; undefined = every one. */
      readonly dealers: ReadonlySet<string> | undefined;
      /** What a person may do; undefined for the other kinds. */
      readonly role: PersonRole | undefined;
      /** What the key is called. */
      readonly name: string;
    };

/** Where keys are looked up: a `KeyDirectory`. */
export interface KeyLookup {
  /** The key of that SHA-256 (hex), unless it is unknown or revoked. */
  readonly find: (hash: string) => KeyRecord | undefined;
}

/** The token of a request: `Authorization: Bearer <token>` first, else `X-Api-Key: <token>`; undefined without one. */
export function presentedToken(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +([^\s]+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const key = headers['x-api-key'];
  return typeof key === 'string' && key !== '' ? key : undefined;
}

/**
 * Turns a token into a permit; undefined when it opens nothing. Only hashes are compared or looked up, so that the time
 * that it takes says nothing about how much of a guessed token is right.
 */
export function createAuthenticator(
  keys: KeyLookup,
  adminToken: string,
): (token: string) => Permit | undefined {
  const adminHash = Buffer.from(hashSecret(adminToken), 'hex');
  return (token) => {
    const hash = hashSecret(token);
    if (timingSafeEqual(Buffer.from(hash, 'hex'), adminHash)) return { kind: 'admin', key_id: 'admin' };
    const record = keys.find(hash);
    return record && permitOf(record);
  };
}

const permits = new WeakMap<KeyRecord, Permit>();

/** Kept with its record: a directory replaces the record when the key changes. */
function permitOf(record: KeyRecord): Permit {
  const known = permits.get(record);
  if (known) return known;
  const permit: Permit = {
    kind: record.kind,
    key_id: record.key_id,
    sources: record.sources === '*' ? undefined : new Set(record.sources),
    dealers: record.dealers === '*' ? undefined : new Set(record.dealers),
    role: record.role,
    name: record.name,
  };
  permits.set(record, permit);
  return permit;
}
