import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ArgumentsError, parseArguments } from './arguments.ts';

const refused = (args: string[], env: Record<string, string> = {}): ArgumentsError => {
  try {
    parseArguments(args, env);
  } catch (error) {
    if (error instanceof ArgumentsError) return error;
    throw error;
  }
  throw new Error(`${args.join(' ')} was accepted`);
};

describe('the command line of npm start', () => {
  it('has a default for everything', () => {
    expect(parseArguments([], {})).toEqual({
      demo: true,
      rebuild: false,
      dataDir: resolve('.dms'),
      host: '127.0.0.1',
      port: undefined,
    });
  });

  it('takes each option', () => {
    const args = ['--no-demo', '--rebuild', '--port', '8123', '--data', '/srv/dms', '--host', '0.0.0.0'];
    expect(parseArguments(args, {})).toEqual({
      demo: false,
      rebuild: true,
      dataDir: '/srv/dms',
      host: '0.0.0.0',
      port: 8123,
    });
  });

  it('takes the environment for an option that is left out, and the option where both are given', () => {
    const env = { DMS_PORT: '9000', DMS_DATA_DIR: '/srv/env', DMS_HOST: '::1' };
    expect(parseArguments([], env)).toMatchObject({ port: 9000, dataDir: '/srv/env', host: '::1' });
    expect(parseArguments(['--port', '9001', '--data', '/srv/arg'], env)).toMatchObject({
      port: 9001,
      dataDir: '/srv/arg',
    });
  });

  it('reads port 0 as a free one', () => {
    expect(parseArguments(['--port', '0'], { DMS_PORT: '' }).port).toBeUndefined();
  });

  it.each([[['--port', '65536']], [['--port', 'http']], [['--bogus']], [['extra']], [['--data']]])(
    'refuses %j as wrong usage',
    (args) => {
      const error = refused(args);
      expect(error.exitCode).toBe(2);
      expect(error.message).toMatch(/^error: /);
    },
  );

  it('refuses a DMS_PORT that is no port', () => {
    expect(refused([], { DMS_PORT: '80a' })).toMatchObject({ exitCode: 2 });
  });

  it('gives help with exit code 0', () => {
    const help = refused(['--help']);
    expect(help.exitCode).toBe(0);
    expect(help.message).toContain('--no-demo');
  });
});
