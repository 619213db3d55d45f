import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { destination, distanceKm } from './distance.ts';

const place = fc.tuple(
  fc.double({ min: -179, max: 179, noNaN: true }),
  fc.double({ min: -80, max: 80, noNaN: true }),
);

describe('distance', () => {
  test('Shanghai to Beijing spans the angle that eviltransform publishes (rust/src/lib.rs: 1078.164 km at radius 6378.137 km)', () => {
    const km = distanceKm([121.531541859215, 31.17530398364597], [116.38404722455657, 39.91334545536069]);
    // To 1 m, as that test asks.
    expect(Math.abs((km / 6371.0088) * 6378.137 - 1078.164)).toBeLessThan(0.001);
  });

  test('a degree along the equator is 2πR/360', () => {
    expect(distanceKm([100, 0], [101, 0])).toBeCloseTo((2 * Math.PI * 6371.0088) / 360, 6);
  });

  test('the way there is as long as the way back, and never longer than half around', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        expect(distanceKm(a, b)).toBeCloseTo(distanceKm(b, a), 9);
        expect(distanceKm(a, b)).toBeLessThanOrEqual(Math.PI * 6371.0088 + 1e-9);
        expect(distanceKm(a, a)).toBe(0);
      }),
    );
  });

  test('a destination lies at the distance that was asked for', () => {
    fc.assert(
      fc.property(
        place,
        fc.integer({ min: 0, max: 359 }),
        fc.double({ min: 0.001, max: 5000, noNaN: true }),
        (from, bearing, km) => {
          expect(Math.abs(distanceKm(from, destination(from, bearing, km)) - km)).toBeLessThan(1e-4);
        },
      ),
    );
  });
});
