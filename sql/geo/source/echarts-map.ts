import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Vertices lie on a grid of this many steps a degree (about 100 m), in which the source encodes them. */
export const GRID_PER_DEGREE = 1024;

/** A position in grid steps. Neighbours in the source share their border's vertices exactly, which floats would hide. */
export type GridPosition = [x: number, y: number];

/** A place of the source's map files: its code, where the source gives one, its name, and polygons in grid steps. */
export interface MapPlace {
  readonly file: string;
  readonly id: string | null;
  readonly name: string;
  readonly polygons: GridPosition[][][];
}

/** A ring is either text of delta-encoded grid steps or, in parts of some files, plain positions in degrees. */
type SourceRing = string | [number, number][];

interface SourceFeature {
  readonly id?: string;
  readonly properties: { readonly name: string };
  readonly geometry:
    | {
        readonly type: 'Polygon';
        readonly coordinates: SourceRing[];
        readonly encodeOffsets?: GridPosition[];
      }
    | {
        readonly type: 'MultiPolygon';
        readonly coordinates: (SourceRing | SourceRing[])[];
        readonly encodeOffsets?: (GridPosition | GridPosition[])[];
      };
}

/** Every place in the map files (`*.json`) of a folder of `echarts@4`'s `map/json`. */
export function readEchartsMaps(folder: string): MapPlace[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .flatMap((file) => {
      const collection = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
        features: SourceFeature[];
      };
      return collection.features.map((feature) => ({
        file: file.replace(/\.json$/, ''),
        id: feature.id ?? null,
        name: feature.properties.name,
        polygons: polygonsOf(feature.geometry),
      }));
    });
}

function polygonsOf(geometry: SourceFeature['geometry']): GridPosition[][][] {
  if (geometry.type === 'Polygon')
    return [geometry.coordinates.map((ring, i) => decodeRing(ring, geometry.encodeOffsets?.[i]))];
  return geometry.coordinates.map((polygon, i) => {
    const offsets = geometry.encodeOffsets?.[i] as GridPosition[] | undefined;
    const rings = polygon as SourceRing[];
    return rings.map((ring, j) => decodeRing(ring, offsets?.[j]));
  });
}

/** ECharts' encoding: each character less 64, zigzag, is a step from the position before; the first from the offset. */
function decodeRing(ring: SourceRing, offset: GridPosition | undefined): GridPosition[] {
  if (typeof ring !== 'string')
    return ring.map(([lon, lat]) => [Math.round(lon * GRID_PER_DEGREE), Math.round(lat * GRID_PER_DEGREE)]);
  if (offset === undefined) throw new Error('an encoded ring has no offset');
  let [x, y] = offset;
  const positions: GridPosition[] = [];
  for (let i = 0; i < ring.length; i += 2) {
    x += zigzag(ring.charCodeAt(i) - 64);
    y += zigzag(ring.charCodeAt(i + 1) - 64);
    positions.push([x, y]);
  }
  return positions;
}

function zigzag(code: number): number {
  return (code >> 1) ^ -(code & 1);
}
