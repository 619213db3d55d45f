import { describe, expect, it } from 'vitest';
import { createKeyRecord, createSecret, parseKeyRecord, type KeyRecord } from './key-record.ts';
import { createAuthenticator, presentedToken } from './permit.ts';

const NOW = new Date('2026-11-24T12:00:00Z');
const ADMIN = 'an-admin-token-of-length';

function lookup(...records: KeyRecord[]) {
  return { find: (hash: string) => records.find((record) => record.hash === hash) };
}

describe('a key', () => {
  it('is stored without its secret, and opens what its record says', () => {
    const secret = createSecret('ingest');
    const record = createKeyRecord(
      secret,
      { kind: 'ingest', sources: ['erp'], dealers: '*', name: 'erp' },
      NOW,
    );
    expect(JSON.stringify(record)).not.toContain(secret.slice(5));
    expect(createAuthenticator(lookup(record), ADMIN)(secret)).toEqual({
      kind: 'ingest',
      key_id: record.key_id,
      sources: new Set(['erp']),
      dealers: undefined,
      role: undefined,
      name: 'erp',
    });
  });

  it('has 256 bits behind the prefix of its kind', () => {
    expect(createSecret('ingest')).toMatch(/^dmsk_[A-Za-z0-9_-]{43}$/);
    expect(createSecret('display')).toMatch(/^dmsd_[A-Za-z0-9_-]{43}$/);
    expect(createSecret('ingest')).not.toBe(createSecret('ingest'));
  });

  it('that is not known, or is only its own hash, opens nothing', () => {
    const record = createKeyRecord(
      createSecret('ingest'),
      { kind: 'ingest', sources: '*', dealers: '*', name: '' },
      NOW,
    );
    const authenticate = createAuthenticator(lookup(record), ADMIN);
    expect(authenticate(record.hash)).toBeUndefined();
    expect(authenticate(`${ADMIN}x`)).toBeUndefined();
    expect(authenticate(ADMIN)).toMatchObject({ kind: 'admin' });
  });

  it('survives the topic: its record is read back equal, and nothing else is read as one', () => {
    const record = createKeyRecord(
      createSecret('display'),
      { kind: 'display', sources: [], dealers: [], name: '墙' },
      NOW,
    );
    expect(parseKeyRecord(Buffer.from(JSON.stringify(record)))).toEqual(record);
    for (const text of ['', 'null', '{}', JSON.stringify({ ...record, hash: 'short' })]) {
      expect(parseKeyRecord(Buffer.from(text))).toBeUndefined();
    }
    expect(parseKeyRecord(null)).toBeUndefined();
  });
});

describe('presentedToken', () => {
  it.each([
    [{ authorization: 'Bearer abc' }, 'abc'],
    [{ authorization: 'bearer  abc ' }, 'abc'],
    [{ 'x-api-key': 'abc' }, 'abc'],
    [{ authorization: 'Bearer abc', 'x-api-key': 'other' }, 'abc'],
    [{ authorization: 'Basic abc' }, undefined],
    [{ authorization: 'Bearer ' }, undefined],
    [{ 'x-api-key': '' }, undefined],
    [{}, undefined],
  ])('of %j is %s', (headers, token) => {
    expect(presentedToken(headers)).toBe(token);
  });
});
