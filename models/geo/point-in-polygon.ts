import type { MultiPolygon, Polygon, Position, Ring } from './position.ts';

/**
 * Whether a position lies inside a multipolygon (even-odd rule, planar in degrees, half-open edges: of two places that share a
 * border exactly one holds a position on it). Linear in the number of vertices: ask `boundsOf` first where it matters.
 */
export function contains(shape: MultiPolygon, position: Position): boolean {
  return shape.some((polygon) => insidePolygon(polygon, position));
}

/** `[west, south, east, north]` in degrees; of an empty shape `[Infinity, Infinity, -Infinity, -Infinity]`. */
export function boundsOf(shape: MultiPolygon): [number, number, number, number] {
  const bounds: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [outer] of shape) {
    for (const [lon, lat] of outer ?? []) {
      bounds[0] = Math.min(bounds[0], lon);
      bounds[1] = Math.min(bounds[1], lat);
      bounds[2] = Math.max(bounds[2], lon);
      bounds[3] = Math.max(bounds[3], lat);
    }
  }
  return bounds;
}

/** Area of a polygon without its holes in square degrees (shoelace formula): a measure to compare by, not a land area. */
export function polygonArea(polygon: Polygon): number {
  const [outer, ...holes] = polygon.map((ring) => Math.abs(signedArea(ring)));
  return (outer ?? 0) - holes.reduce((sum, hole) => sum + hole, 0);
}

/**
 * A position inside the shape to stand for it: the centroid of its largest polygon, or, where that falls outside or into a hole,
 * the middle of the longest stretch inside along a line of latitude. Null for a shape without area.
 */
export function innerPoint(shape: MultiPolygon): Position | null {
  const largest = shape.reduce<Polygon | null>(
    (best, polygon) => (best === null || polygonArea(polygon) > polygonArea(best) ? polygon : best),
    null,
  );
  const outer = largest?.[0];
  if (largest === null || outer === undefined || signedArea(outer) === 0) return null;
  const centre = centroid(outer);
  return insidePolygon(largest, centre) ? centre : middleOfLongestStretch(largest);
}

function insidePolygon(polygon: Polygon, [lon, lat]: Position): boolean {
  let inside = false;
  for (const ring of polygon) {
    let previous = ring[ring.length - 1];
    for (const vertex of ring) {
      if (previous !== undefined && vertex[1] > lat !== previous[1] > lat) {
        const crossing =
          vertex[0] + ((lat - vertex[1]) / (previous[1] - vertex[1])) * (previous[0] - vertex[0]);
        if (lon < crossing) inside = !inside;
      }
      previous = vertex;
    }
  }
  return inside;
}

export function signedArea(ring: Ring): number {
  let twice = 0;
  eachEdge(ring, ([ax, ay], [bx, by]) => {
    twice += ax * by - bx * ay;
  });
  return twice / 2;
}

function centroid(ring: Ring): Position {
  // Relative to the first vertex, so that small rings far from the origin keep their digits.
  const [ox, oy] = ring[0] ?? [0, 0];
  let twice = 0;
  let x = 0;
  let y = 0;
  eachEdge(ring, (a, b) => {
    const ax = a[0] - ox;
    const ay = a[1] - oy;
    const bx = b[0] - ox;
    const by = b[1] - oy;
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  });
  return [ox + x / (3 * twice), oy + y / (3 * twice)];
}

function eachEdge(ring: Ring, visit: (from: Position, to: Position) => void): void {
  let previous = ring[ring.length - 1];
  for (const vertex of ring) {
    if (previous !== undefined) visit(previous, vertex);
    previous = vertex;
  }
}

/** Lines of latitude tried between the bottom and the top of a polygon; odd, so that the middle is one of them. */
const SCAN_LINES = 33;

function middleOfLongestStretch(polygon: Polygon): Position | null {
  const [, south, , north] = boundsOf([polygon]);
  let best: Position | null = null;
  let best_length = 0;
  for (let line = 1; line <= SCAN_LINES; line++) {
    const lat = south + ((north - south) * line) / (SCAN_LINES + 1);
    const crossings = crossingsAt(polygon, lat);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const west = crossings[i] ?? 0;
      const east = crossings[i + 1] ?? 0;
      if (east - west > best_length) {
        best_length = east - west;
        best = [(west + east) / 2, lat];
      }
    }
  }
  return best;
}

function crossingsAt(polygon: Polygon, lat: number): number[] {
  const crossings: number[] = [];
  for (const ring of polygon) {
    eachEdge(ring, (a, b) => {
      if (a[1] > lat !== b[1] > lat) crossings.push(b[0] + ((lat - b[1]) / (a[1] - b[1])) * (a[0] - b[0]));
    });
  }
  return crossings.sort((a, b) => a - b);
}
