import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOf, contains, innerPoint, polygonArea } from './point-in-polygon.ts';
import type { MultiPolygon, Position, Ring } from './position.ts';

const square = (west: number, south: number, side: number): Ring => [
  [west, south],
  [west + side, south],
  [west + side, south + side],
  [west, south + side],
  [west, south],
];

/** A star around `centre`: the angle of each vertex rises, so the ring never crosses itself and holds its centre. */
const star = fc
  .record({
    centre: fc.tuple(
      fc.double({ min: 75, max: 130, noNaN: true }),
      fc.double({ min: 5, max: 50, noNaN: true }),
    ),
    radii: fc.array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 4, maxLength: 40 }),
  })
  .map(({ centre, radii }) => {
    const ring = radii.map<Position>((radius, i) => {
      const angle = (2 * Math.PI * i) / radii.length;
      return [centre[0] + radius * Math.cos(angle), centre[1] + radius * Math.sin(angle)];
    });
    return { centre, ring: [...ring, ring[0] ?? centre] };
  });

describe('point in polygon', () => {
  test('a hole and the sea between two islands are outside, both islands are inside', () => {
    const shape: MultiPolygon = [[square(0, 0, 10), square(4, 4, 2)], [square(20, 0, 1)]];
    expect(contains(shape, [1, 1])).toBe(true);
    expect(contains(shape, [20.5, 0.5])).toBe(true);
    expect(contains(shape, [5, 5])).toBe(false);
    expect(contains(shape, [15, 0.5])).toBe(false);
    expect(polygonArea(shape[0] ?? [])).toBe(96);
    expect(boundsOf(shape)).toEqual([0, 0, 21, 10]);
  });

  test('a position on a shared border lies in exactly one of the neighbours', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9.99, noNaN: true }), (lat) => {
        const holders = [[square(0, 0, 10)], [square(10, 0, 10)]].filter((polygon) =>
          contains([polygon], [10, lat]),
        );
        expect(holders).toHaveLength(1);
      }),
    );
  });

  test('a star holds its centre and nothing beyond its bounds, and its inner point lies inside it', () => {
    fc.assert(
      fc.property(star, ({ centre, ring }) => {
        const shape: MultiPolygon = [[ring]];
        expect(contains(shape, centre)).toBe(true);
        const [west, , east, north] = boundsOf(shape);
        expect(contains(shape, [east + 0.01, centre[1]])).toBe(false);
        expect(contains(shape, [west - 0.01, centre[1]])).toBe(false);
        expect(contains(shape, [centre[0], north + 0.01])).toBe(false);
        const inner = innerPoint(shape);
        expect(inner !== null && contains(shape, inner)).toBe(true);
      }),
    );
  });

  test('the inner point of a ring-shaped land is on the land, not in its lake', () => {
    const shape: MultiPolygon = [[square(0, 0, 10), square(1, 1, 8)]];
    const inner = innerPoint(shape);
    expect(inner !== null && contains(shape, inner)).toBe(true);
    expect(innerPoint([])).toBeNull();
  });
});
