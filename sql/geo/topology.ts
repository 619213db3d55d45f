import type { FeatureCollection, MultiPolygon as MultiPolygonGeometry } from 'geojson';
import { merge, quantize } from 'topojson-client';
import { topology } from 'topojson-server';
import { presimplify } from 'topojson-simplify';
import type { MultiPolygon as ArcMultiPolygon, Topology } from 'topojson-specification';
import { polygonArea, signedArea } from '../../models/geo/point-in-polygon.ts';
import type { MultiPolygon, Position } from '../../models/geo/position.ts';
import type { GridPosition } from './source/echarts-map.ts';

/** A shape of the source and the unit it is a part of, in grid steps. */
export interface Part {
  readonly unit: string;
  readonly polygons: GridPosition[][][];
}

/** Parts whose common borders are common arcs, each vertex `[x, y, weight]` with the area that leaving it out would move. */
export interface SharedBorders {
  readonly topology: Topology;
  /** Each part's shape as arcs, and its unit. */
  readonly parts: readonly { readonly unit: string; readonly shape: ArcMultiPolygon }[];
}

/**
 * Finds the borders that neighbours share. Rings are closed, those without area left out, and all turn the same way, holes
 * the other: what is left of two rings when their common border is gone joins only so (the source has Hami the wrong way round).
 */
export function shareBorders(parts: readonly Part[]): SharedBorders {
  const objects = Object.fromEntries(
    parts.map(({ polygons }, i): [string, MultiPolygonGeometry] => {
      const rings = polygons.map((polygon) =>
        polygon
          .map((ring, index) => turned(closed(ring), index === 0))
          .filter((ring) => polygonArea([ring]) > 0),
      );
      return [
        String(i),
        { type: 'MultiPolygon', coordinates: rings.filter((polygon) => polygon.length > 0) },
      ];
    }),
  );
  const shared: Topology = presimplify(topology(objects) as Parameters<typeof presimplify>[0]);
  return {
    topology: shared,
    parts: parts.map(({ unit }, i) => ({ unit, shape: shared.objects[String(i)] as ArcMultiPolygon })),
  };
}

/**
 * The borders with every vertex left out whose triangle is smaller than `area_min` square grid steps (Visvalingam-Whyatt).
 * Ends of arcs stay, so neighbours keep meeting; an island keeps at least four corners, so none vanishes.
 */
export function simplified({ topology: shared, parts }: SharedBorders, area_min: number): SharedBorders {
  const arcs = shared.arcs.map((arc) => {
    const kept = arc.filter((vertex) => (vertex[2] ?? Infinity) >= area_min);
    return isIsland(arc) && kept.length < ISLAND_VERTICES_MIN ? heaviest(arc, ISLAND_VERTICES_MIN) : kept;
  });
  return { topology: { ...shared, arcs }, parts };
}

/** Four corners and the first again. */
const ISLAND_VERTICES_MIN = 5;

/** The union of the parts of each group, borders between them gone; `groupOf` null leaves a part out. Positions in grid steps. */
export function unions(
  { topology: shared, parts }: SharedBorders,
  groupOf: (unit: string) => string | null,
): Map<string, MultiPolygon> {
  const groups = new Map<string, ArcMultiPolygon[]>();
  for (const { unit, shape } of parts) {
    const group = groupOf(unit);
    if (group !== null) groups.set(group, [...(groups.get(group) ?? []), shape]);
  }
  return new Map(
    [...groups].map(([group, shapes]) => [
      group,
      merge(shared, shapes).coordinates.map((rings) =>
        rings.map((ring) => ring.map<Position>(([x = 0, y = 0]) => [x, y])),
      ),
    ]),
  );
}

/** TopoJSON of GeoJSON collections on a grid of `steps` across their common bounds. */
export function quantizedTopology(
  objects: Record<string, FeatureCollection<MultiPolygonGeometry>>,
  steps: number,
): Topology {
  return quantize(topology(objects) as Parameters<typeof quantize>[0], steps);
}

function closed(ring: readonly GridPosition[]): GridPosition[] {
  const first = ring[0];
  const last = ring[ring.length - 1];
  if (first === undefined || last === undefined) return [];
  return first[0] === last[0] && first[1] === last[1] ? [...ring] : [...ring, first];
}

/** The ring clockwise, y going north (as d3-geo wants an outline), or the other way. */
function turned(ring: readonly GridPosition[], clockwise: boolean): GridPosition[] {
  return signedArea(ring) < 0 === clockwise ? [...ring] : ring.toReversed();
}

function isIsland(arc: readonly number[][]): boolean {
  const first = arc[0];
  const last = arc[arc.length - 1];
  return first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1];
}

function heaviest(arc: number[][], count: number): number[][] {
  const threshold = arc.map((vertex) => vertex[2] ?? Infinity).sort((a, b) => b - a)[count - 1] ?? 0;
  return arc.filter((vertex) => (vertex[2] ?? Infinity) >= threshold);
}
