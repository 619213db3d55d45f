import { createHash, randomBytes } from 'node:crypto';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { Instant } from '../../models/contract/fields.ts';
import { PERSON_ROLES } from '../../models/contract/roles.ts';

/** What a key is for: `ingest` writes events, `display` watches the wallboard, with `person` somebody signs in. */
export const KEY_KINDS = ['ingest', 'display', 'person'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** A secret tells its kind by its first letters, so that a leaked one is recognised by scanners. */
export const SECRET_PREFIX = {
  ingest: 'dmsk_',
  display: 'dmsd_',
  person: 'dmsp_',
} as const satisfies Record<KeyKind, string>;

const SECRET_BYTES = 32;

/** A list of ids, or every one. */
const Scope = Type.Union([Type.Literal('*'), Type.Array(Type.String(), { maxItems: 1000 })]);

/** A key as it stands in the topic `dms.keys.v1`, under its `key_id`: the secret itself is nowhere. */
export const KeyRecord = Type.Object(
  {
    key_id: Type.String({ pattern: '^[0-9a-f]{16}$', description: 'first 16 digits of the hash' }),
    kind: Type.Enum(KEY_KINDS),
    hash: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the secret, hex' }),
    sources: Scope,
    dealers: Scope,
    role: Type.Optional(Type.Enum([...PERSON_ROLES], { description: 'what a person may do' })),
    name: Type.String({ maxLength: 200 }),
    created_at: Instant('when it was added'),
    revoked_at: Type.Optional(Instant('since when it opens nothing')),
  },
  { additionalProperties: false },
);
export type KeyRecord = Static<typeof KeyRecord>;

/** What a key opens. */
export type KeyScope = Pick<KeyRecord, 'kind' | 'sources' | 'dealers' | 'role' | 'name'>;

const keyRecordSchema = Compile(KeyRecord);

/** A new secret: 32 random bytes in base64url behind the prefix of its kind. It is shown once and never stored. */
export function createSecret(kind: KeyKind): string {
  return SECRET_PREFIX[kind] + randomBytes(SECRET_BYTES).toString('base64url');
}

/** SHA-256 in hex. Unsalted: a secret holds 256 random bits, which no table of guesses covers. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The record of a secret. Its id follows from the secret, so that adding one twice is one key. */
export function createKeyRecord(secret: string, scope: KeyScope, now: Date): KeyRecord {
  const hash = hashSecret(secret);
  return { key_id: hash.slice(0, 16), hash, ...scope, created_at: now.toISOString() };
}

/** Reads a message of the topic; undefined when it is no key record (a foreign message opens nothing). */
export function parseKeyRecord(value: Buffer | null): KeyRecord | undefined {
  if (value === null) return undefined;
  try {
    const record: unknown = JSON.parse(value.toString('utf8'));
    return keyRecordSchema.Check(record) ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
