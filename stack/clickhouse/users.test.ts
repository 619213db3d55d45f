import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { usersXml } from './users.ts';

const given = {
  adminPassword: 'admin-secret',
  analystPassword: 'analyst-secret',
  databases: ['dms'],
  embedded: true,
};

describe('users.xml', () => {
  it('of docker-compose.yml is the one of the embedded server but for the passwords and the user default', () => {
    const file = readFileSync(new URL('docker-users.xml', import.meta.url), 'utf8');
    const rendered = usersXml({
      adminPassword: { from_env: 'CLICKHOUSE_ADMIN_PASSWORD' },
      analystPassword: { from_env: 'CLICKHOUSE_ANALYST_PASSWORD' },
      databases: ['dms'],
      embedded: false,
    });
    expect(file).toBe(rendered);
  });

  it('holds no password, only what it is checked against', () => {
    const xml = usersXml(given);
    expect(xml).not.toContain('admin-secret');
    // printf admin-secret | sha256sum
    expect(xml).toContain('16175223c8ddce5ace0493c948569c211b03c4c6bb3d3e484434999448cffe01');
  });

  it('gives the admin no setting but those that a lab asks for', () => {
    const profile = (options: object): string | undefined =>
      /<default\/>|<default>.*?<\/default>/.exec(usersXml({ ...given, ...options }))?.[0];
    expect(profile({})).toBe('<default/>');
    expect(profile({ throwaway: true })).toBe('<default><fsync_metadata>0</fsync_metadata></default>');
    expect(profile({ seldom_compiled: true })).toMatch(
      /^<default>(<(min_count_to_compile_\w+)>100<\/\2>){3}<\/default>$/,
    );
  });

  it('lets the analyst raise no limit, also not to "none", which ClickHouse writes as 0', () => {
    const constraints = /<constraints>(.*?)<\/constraints>/s.exec(usersXml(given))?.[1] ?? '';
    const limits = [...constraints.matchAll(/<(\w+)>(.*?)<\/\1>/g)];
    expect(limits.length).toBeGreaterThan(5);
    for (const [, name, limit] of limits) {
      expect(limit, name).toMatch(/^(<readonly\/>|<min>1<\/min><max>\d+<\/max>)$/);
    }
  });

  it('grants the analyst core_* and mart_* of each database, and never raw_*', () => {
    const xml = usersXml({ ...given, databases: ['dms', 't_1'] });
    expect([...xml.matchAll(/GRANT SELECT ON ((?:dms|t_1)\S*?)</g)].map((match) => match[1])).toEqual([
      'dms.core_*',
      'dms.mart_*',
      't_1.core_*',
      't_1.mart_*',
    ]);
    expect(xml).not.toContain('raw_');
  });

  it.each(['', 'a.b', 'a b', '*', 'x</query>'])('refuses %j as the name of a database', (name) => {
    expect(() => usersXml({ ...given, databases: [name] })).toThrow('not a database name');
  });
});
