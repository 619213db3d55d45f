/** A place on the ground as `[longitude, latitude]` in degrees, in the order of GeoJSON. The datum is said where it is used. */
export type Position = readonly [lon: number, lat: number];

/** A closed line: its first position is repeated as the last. */
export type Ring = readonly Position[];

/** An outer ring followed by its holes. */
export type Polygon = readonly Ring[];

/** Disjoint polygons that together are one place, as in a GeoJSON MultiPolygon's `coordinates`. */
export type MultiPolygon = readonly Polygon[];
