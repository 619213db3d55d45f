import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readDeliveries } from './deliveries-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'deliveries-'));
const file = join(folder, 'deliveries.json');
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const read = (said: unknown): ReturnType<typeof readDeliveries> => {
  writeFileSync(file, typeof said === 'string' ? said : JSON.stringify(said));
  return readDeliveries(file);
};
const target = { name: 'erp', to: 's3://planning/out' };

describe('the file of deliveries', () => {
  test('names places, each with what it gets; no file is no delivery', () => {
    const targets = [
      { ...target, formats: ['parquet'], datasets: ['forecast'] },
      { name: 'share', to: '/mnt/x' },
    ];
    expect(read({ targets })).toEqual(targets);
    expect(readDeliveries('')).toEqual([]);
  });

  test.each([
    [{ targets: [{ name: 'erp' }] }, '/targets/0'],
    [{ targets: [{ ...target, formats: ['pdf'] }] }, '/targets/0/formats/0'],
    [{ targets: [{ ...target, formats: [] }] }, '/targets/0/formats'],
    [{ targets: [{ ...target, password: 'x' }] }, 'deliveries.json'],
    [{ targets: [target, target] }, 'two targets'],
    ['{"targets": [', 'deliveries.json'],
  ])('%j is refused with the place', (said, place) => {
    expect(() => read(said)).toThrow(place);
  });
});
