import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arcBetween, placeLabels } from './arcs.ts';

describe('arcBetween', () => {
  it('opposite flows do not lie on each other', () => {
    const there = arcBetween({ x: 0, y: 0 }, { x: 100, y: 0 }, 2, 8).path;
    const back = arcBetween({ x: 100, y: 0 }, { x: 0, y: 0 }, 2, 8).path;
    expect(there).toContain('Q50.0,-22.0');
    expect(back).toContain('Q50.0,22.0');
  });

  it('its arrowhead touches the place where the goods were found', () => {
    expect(arcBetween({ x: 0, y: 0 }, { x: 100, y: 40 }, 2, 8).head).toMatch(/^M100\.0,40\.0L/);
  });

  it('a flow within one region is a loop', () => {
    expect(arcBetween({ x: 5, y: 5 }, { x: 5, y: 5 }, 2, 8).path).toContain('C');
  });
});

describe('placeLabels', () => {
  it('no label covers another or leaves the map', () => {
    const bounds = { width: 400, height: 300 };
    const label = fc.record({
      key: fc.string(),
      at: fc.record({ x: fc.integer({ min: 0, max: 400 }), y: fc.integer({ min: 0, max: 300 }) }),
      width: fc.integer({ min: 20, max: 80 }),
      height: fc.integer({ min: 10, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(label, { maxLength: 20 }), (labels) => {
        const placed = placeLabels(labels, bounds, 6);
        for (const [at, a] of placed.entries()) {
          expect(a.x).toBeGreaterThanOrEqual(0);
          expect(a.x + a.width).toBeLessThanOrEqual(bounds.width);
          for (const b of placed.slice(at + 1)) {
            const apart =
              a.x + a.width < b.x || b.x + b.width < a.x || a.y < b.y - b.height || b.y < a.y - a.height;
            expect(apart).toBe(true);
          }
        }
      }),
    );
  });

  it('the first label always finds its place below its point', () => {
    const [first] = placeLabels(
      [{ key: 'a', at: { x: 50, y: 50 }, width: 20, height: 10 }],
      { width: 100, height: 100 },
      6,
    );
    expect(first).toMatchObject({ x: 40, y: 66 });
  });
});
