import { geoArea } from 'd3-geo';
import type { FeatureCollection, MultiLineString, MultiPolygon, Polygon, Position } from 'geojson';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

interface PlaceProperties {
  readonly adcode: string;
  readonly name: string;
  readonly name_en: string;
  /** A point inside, longitude and latitude. */
  readonly centroid: [number, number];
}

/** The inset of the South China Sea: a drawing without coordinates. */
export interface Inset {
  readonly width: number;
  readonly height: number;
  readonly polygons: readonly (readonly (readonly [number, number])[])[];
}

type MapTopology = Topology<{ provinces: GeometryCollection<PlaceProperties> }> & {
  readonly nanhai_inset: Inset;
};
type ProvinceTopology = Topology<{ prefectures: GeometryCollection<PlaceProperties> }>;

/** Regions of one level, ready to be drawn. Angles in degrees, WGS84. */
export interface Outlines {
  readonly regions: FeatureCollection<Polygon | MultiPolygon, PlaceProperties>;
  /** Borders between them, each once. */
  readonly borders: MultiLineString;
  /** What bounds them all. */
  readonly coast: MultiLineString;
}

/** The map of China by provinces. */
export interface Geography extends Outlines {
  readonly inset: Inset;
  /** 审图号 of the map's licence; "" for a map without one. */
  readonly approval_number: string;
}

/** Loads the map that the server has (its own, or that of GEO_DATA_DIR). Rejects when it cannot be had. */
export async function loadGeography(): Promise<Geography> {
  const [topology, about] = await Promise.all([
    fetchJson<MapTopology>('/geo/china.topo.json'),
    fetchJson<{ approval_number: string }>('/geo/map.json'),
  ]);
  return {
    ...outlinesOf(topology, topology.objects.provinces),
    inset: topology.nanhai_inset,
    approval_number: about.approval_number,
  };
}

/** Loads the prefectures of a province. Rejects when the map has none. */
export async function loadPrefectures(province: string): Promise<Outlines> {
  const topology = await fetchJson<ProvinceTopology>(`/geo/prefectures/${province}.topo.json`);
  return outlinesOf(topology, topology.objects.prefectures);
}

function outlinesOf(topology: Topology, places: GeometryCollection<PlaceProperties>): Outlines {
  return {
    regions: woundClockwise(feature(topology, places) as Outlines['regions']),
    borders: mesh(topology, places, (a, b) => a !== b),
    coast: mesh(topology, places, (a, b) => a === b),
  };
}

/**
 * Turns outer rings clockwise, as d3-geo wants them on the sphere: one that goes the other way would be the whole Earth but that
 * place, painted over everything. Maps come both ways (RFC 7946 wants the other), and a region's holes may be parts of their own.
 */
export function woundClockwise(regions: Outlines['regions']): Outlines['regions'] {
  const features = regions.features.map((region) => {
    const { geometry } = region;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    const coordinates = polygons.map((rings) =>
      rings.map((ring, i) => (isClockwise(ring) === (i === 0) ? ring : ring.toReversed())),
    );
    return { ...region, geometry: { type: 'MultiPolygon' as const, coordinates } };
  });
  return { ...regions, features };
}

/** Whether it goes around less than half of the Earth in d3-geo's sense. */
function isClockwise(ring: Position[]): boolean {
  return geoArea({ type: 'Polygon', coordinates: [ring] }) < 2 * Math.PI;
}

/** Region → the middle of it, in pixels; a place that the projection cannot show is left out. */
export function centresOf(
  { regions }: Outlines,
  toPixels: (place: [number, number]) => [number, number] | null,
): ReadonlyMap<string, { readonly x: number; readonly y: number }> {
  return new Map(
    regions.features.flatMap(({ properties }) => {
      const at = toPixels(properties.centroid);
      return at === null ? [] : [[properties.adcode, { x: at[0], y: at[1] }]];
    }),
  );
}

async function fetchJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return (await response.json()) as T;
}
