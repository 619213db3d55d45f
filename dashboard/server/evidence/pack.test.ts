import fc from 'fast-check';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { packOf, verifyPack } from './pack.ts';

const files = {
  'case.json': strToU8('{"alert_id":"dv-1"}\n'),
  'scans.csv': strToU8('event_id,code\n1,甲\n'),
};

describe('an evidence pack', () => {
  it('the same files give the same bytes, in any order of their names, and verify', () => {
    const one = packOf(files);
    const other = packOf(Object.fromEntries(Object.entries(files).toReversed()));
    expect(Buffer.from(other.bytes).equals(one.bytes)).toBe(true);
    expect(verifyPack(one.bytes)).toMatchObject({ faults: [], digest: one.digest });
  });

  it('any changed byte is a fault', () => {
    const { bytes } = packOf(files);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(verifyPack(changed).faults).not.toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('any pack cut short or made longer is a fault', () => {
    const { bytes } = packOf(files);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), (length) => {
        expect(verifyPack(bytes.slice(0, length)).faults).not.toEqual([]);
      }),
    );
    expect(verifyPack(Buffer.concat([bytes, Buffer.from('x')])).faults).not.toEqual([]);
  });

  it('names the file that was changed, left out or put in', () => {
    const found = unzipSync(packOf(files).bytes);
    const repacked = (change: Record<string, Uint8Array>, without = ''): readonly string[] => {
      const entries = Object.entries({ ...found, ...change }).filter(([name]) => name !== without);
      return verifyPack(zipSync(Object.fromEntries(entries), { level: 0 })).faults;
    };
    expect(repacked({ 'case.json': strToU8('{}') })).toEqual(['case.json has changed']);
    expect(repacked({}, 'scans.csv')).toEqual(['scans.csv is missing']);
    expect(repacked({ 'more.txt': strToU8('more') })).toEqual(['more.txt was added']);
    expect(repacked({}, 'manifest.json')).toEqual(['manifest.json is missing']);
    const manifest = strFromU8(found['manifest.json'] ?? new Uint8Array());
    const alien = manifest.replace('"files": {', '"files": {"__proto__": {"sha256": "0"},');
    expect(repacked({ 'manifest.json': strToU8(alien) })).toEqual(['__proto__ is missing']);
  });

  it('whoever changes a file and the manifest alike changes the digest', () => {
    const forged = packOf({ ...files, 'case.json': strToU8('{"alert_id":"dv-2"}\n') });
    expect(verifyPack(forged.bytes).faults).toEqual([]);
    expect(forged.digest).not.toBe(packOf(files).digest);
  });
});
