import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compilePrograms, nodeArgs, type CompiledPrograms } from './compiled.ts';

describe('compiled programs', () => {
  let programs: CompiledPrograms;

  beforeAll(async () => {
    programs = await compilePrograms();
  });

  afterAll(() => programs.remove());

  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });

  it.each(['ingest/keys/cli.ts', 'processors/main.ts'])('do what their sources do: %s', (entry) => {
    const compiled = nodeArgs(entry, programs.dir);
    expect(compiled.join(' ')).toContain(programs.dir);
    const [ours, theirs] = [compiled, nodeArgs(entry, undefined)].map((args) => {
      const { status, stdout, stderr } = run(args);
      return { status, stdout, stderr };
    });
    expect(theirs?.stderr).not.toBe('');
    expect(ours).toEqual(theirs);
  });

  it('find what lies beside their sources', () => {
    // Reads every migration and view, and compares with what it has written of them.
    const { status, stderr } = run([...nodeArgs('sql/data-dictionary/cli.ts', programs.dir), '--check']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('run from the source what was not compiled', () => {
    expect(nodeArgs('bench/ingest/noop-sink.ts', programs.dir).slice(0, 2)).toEqual(['--import', 'tsx']);
  });

  it('are removed when their process has ended without removing them, and not before', async () => {
    const ended = spawnSync(process.execPath, ['-e', '']);
    const forsaken = join(dirname(programs.dir), `${ended.pid}_1_x`);
    await mkdir(join(forsaken, 'ingest'), { recursive: true });
    const others = await compilePrograms();
    expect(existsSync(forsaken)).toBe(false);
    expect(existsSync(programs.dir)).toBe(true);
    await others.remove();
    expect(existsSync(others.dir)).toBe(false);
  });
});
