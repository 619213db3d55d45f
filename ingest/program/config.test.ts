import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

describe('readConfig', () => {
  it('reads the named variables, typed, with what holds when unset', () => {
    const config = readConfig(['KAFKA_BROKERS', 'DMS_PORT', 'CLICKHOUSE_URL'], {
      KAFKA_BROKERS: 'a:1, b:2',
      CLICKHOUSE_URL: 'http://127.0.0.1:8123/',
    });
    expect(config).toEqual({
      KAFKA_BROKERS: ['a:1', 'b:2'],
      DMS_PORT: 8080,
      CLICKHOUSE_URL: 'http://127.0.0.1:8123',
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('tells everything that is wrong at once, and no secret', () => {
    const read = () =>
      readConfig(['KAFKA_BROKERS', 'DMS_PORT', 'DMS_TIME_ZONE', 'DMS_ADMIN_TOKEN'], {
        DMS_PORT: '70000',
        DMS_TIME_ZONE: 'Mars/Olympus',
        DMS_ADMIN_TOKEN: 'short',
      });
    expect(read).toThrow(ConfigError);
    try {
      read();
    } catch (error) {
      const { problems } = error as ConfigError;
      expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
        'KAFKA_BROKERS',
        'DMS_PORT',
        'DMS_TIME_ZONE',
        'DMS_ADMIN_TOKEN',
      ]);
      expect(problems.join()).not.toContain('short');
    }
  });
});
