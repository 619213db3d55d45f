import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bd09ToGcj02,
  fromWgs84,
  gcj02ToBd09,
  gcj02ToWgs84,
  toWgs84,
  wgs84ToGcj02,
  type Datum,
} from './datum.ts';

const inChina = fc.tuple(
  fc.double({ min: 73.6, max: 135, noNaN: true }),
  fc.double({ min: 3.9, max: 53.5, noNaN: true }),
);

describe('datum', () => {
  // [wgs lon, wgs lat, gcj lon, gcj lat]: googollee/eviltransform, python/test.py and go/transform_test.go.
  test.each([
    [121.5272106, 31.1774276, 121.531541859215, 31.17530398364597],
    [113.912316, 22.543847, 113.9171764808363, 22.540796131694766],
    [116.377817, 39.911954, 116.38404722455657, 39.91334545536069],
  ])(
    'WGS84 %d,%d becomes the GCJ-02 position published by eviltransform, and back',
    (lon, lat, gcj_lon, gcj_lat) => {
      const gcj = wgs84ToGcj02([lon, lat]);
      expect(gcj[0]).toBeCloseTo(gcj_lon, 9);
      expect(gcj[1]).toBeCloseTo(gcj_lat, 9);
      const back = gcj02ToWgs84([gcj_lon, gcj_lat]);
      expect(Math.abs(back[0] - lon)).toBeLessThan(1e-7);
      expect(Math.abs(back[1] - lat)).toBeLessThan(1e-7);
    },
  );

  test('GCJ-02 becomes the BD-09 position published by coordtransform (wandergis/coordtransform, test/app.js)', () => {
    const [lon, lat] = gcj02ToBd09([116.404, 39.915]);
    expect(lon).toBeCloseTo(116.41036949371029, 12);
    expect(lat).toBeCloseTo(39.92133699351021, 12);
  });

  test('BD-09 becomes GCJ-02 within the error of the one-step inverse that coordtransform publishes (about 1 m)', () => {
    const [lon, lat] = bd09ToGcj02([116.404, 39.915]);
    expect(Math.abs(lon - 116.39762729119315)).toBeLessThan(1e-5);
    expect(Math.abs(lat - 39.90865673957631)).toBeLessThan(1e-5);
  });

  test.each<Datum>(['gcj02', 'bd09', 'wgs84'])(
    'a position shown in %s and read back is the same to 1e-7 degrees',
    (datum) => {
      fc.assert(
        fc.property(inChina, (position) => {
          const back = toWgs84(fromWgs84(position, datum), datum);
          expect(Math.abs(back[0] - position[0])).toBeLessThan(1e-7);
          expect(Math.abs(back[1] - position[1])).toBeLessThan(1e-7);
        }),
        { numRuns: 500 },
      );
    },
  );

  test('a position far from China is not shifted by GCJ-02', () => {
    expect(wgs84ToGcj02([-104.9903, 39.7392])).toEqual([-104.9903, 39.7392]);
  });
});
