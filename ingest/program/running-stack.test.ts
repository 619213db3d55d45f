import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfigBesideStack } from './running-stack.ts';

let stands: string;
beforeEach(() => {
  stands = mkdtempSync(join(tmpdir(), 'running-stack-'));
});
afterEach(() => {
  rmSync(stands, { recursive: true });
});

const read = (env: Record<string, string>) =>
  readConfigBesideStack(['CLICKHOUSE_URL', 'CLICKHOUSE_PASSWORD'], env);

describe('readConfigBesideStack', () => {
  it('finds the stack of a relative data folder from where the person stands', () => {
    mkdirSync(join(stands, 'data'));
    writeFileSync(join(stands, 'data/run.json'), JSON.stringify({ clickhouse_url: 'http://127.0.0.1:1' }));
    writeFileSync(join(stands, 'data/secrets.json'), JSON.stringify({ clickhouse_password: 'p' }));
    expect(read({ DMS_DATA_DIR: 'data', INIT_CWD: stands })).toEqual({
      CLICKHOUSE_URL: 'http://127.0.0.1:1',
      CLICKHOUSE_PASSWORD: 'p',
    });
    expect(read({ DMS_DATA_DIR: 'data', INIT_CWD: stands, CLICKHOUSE_URL: 'http://127.0.0.1:2' })).toEqual({
      CLICKHOUSE_URL: 'http://127.0.0.1:2',
      CLICKHOUSE_PASSWORD: '',
    });
  });

  it('names each run.json that it looked for', () => {
    const missing = (env: Record<string, string>) => () => read(env);
    expect(missing({ DMS_DATA_DIR: join(stands, 'wrong') })).toThrow(
      `CLICKHOUSE_URL is not set (HTTP address of ClickHouse); and no running stack tells it: there is no ${stands}/wrong/run.json`,
    );
    expect(missing({ DMS_DATA_DIR: 'wrong', INIT_CWD: stands })).toThrow(
      `there is no ${stands}/wrong/run.json and no ${process.cwd()}/wrong/run.json`,
    );
  });

  it('needs no stack where all is set', () => {
    expect(read({ DMS_DATA_DIR: stands, CLICKHOUSE_URL: 'http://127.0.0.1:2' }).CLICKHOUSE_URL).toBe(
      'http://127.0.0.1:2',
    );
  });
});
