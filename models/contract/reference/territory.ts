import { Type, type Static } from 'typebox';
import { defineEventType, type Violation } from '../event-type.ts';
import { Adcode, Id, Opt, Text, envelope, validity } from '../fields.ts';
import { validityOrder } from './validity-order.ts';

const Position = Type.Array(Type.Number(), { minItems: 2, maxItems: 3, description: 'longitude, latitude' });
const Ring = Type.Array(Position, { minItems: 4, description: 'a closed ring: first and last are the same' });
const PolygonCoordinates = Type.Array(Ring, { minItems: 1 });

/** GeoJSON (RFC 7946), WGS84. */
export const Geometry = Type.Union([
  Type.Object(
    { type: Type.Literal('Polygon'), coordinates: PolygonCoordinates },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('MultiPolygon'), coordinates: Type.Array(PolygonCoordinates, { minItems: 1 }) },
    { additionalProperties: false },
  ),
]);

/** One version of a sales territory: a list of divisions, or a polygon. */
export const territory = defineEventType({
  type: 'territory',
  kind: 'reference',
  topic: 'dms.ref.territory.v1',
  raw_table: 'raw_territories',
  core_view: 'core_territories',
  key_fields: ['territory_id'],
  schema: Type.Object(
    {
      ...envelope,
      ...validity,
      territory_id: Id('the territory'),
      name: Text('name of the territory', 200),
      adcodes: Opt(
        Type.Array(Adcode(), {
          maxItems: 5000,
          description: 'divisions that it consists of; one stands for all within it',
        }),
      ),
      geometry: Opt(Geometry),
    },
    { additionalProperties: false },
  ),
  relations: (event) => [...validityOrder(event), ...hasArea(event), ...ringsAreClosed(event)],
});
export type TerritoryVersion = Static<typeof territory.schema>;

function hasArea(event: Readonly<Record<string, unknown>>): Violation[] {
  const adcodes = event['adcodes'];
  const hasAdcodes = Array.isArray(adcodes) && adcodes.length > 0;
  const hasGeometry = event['geometry'] !== undefined && event['geometry'] !== null;
  return hasAdcodes || hasGeometry
    ? []
    : [{ pointer: '/adcodes', detail: 'adcodes or geometry must be given' }];
}

function ringsAreClosed(event: Readonly<Record<string, unknown>>): Violation[] {
  const geometry = event['geometry'] as Static<typeof Geometry> | null | undefined;
  if (!geometry) return [];
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const inMulti = geometry.type === 'MultiPolygon';
  return polygons.flatMap((rings, p) =>
    rings.flatMap((ring, r) => {
      const [first, last] = [ring[0], ring[ring.length - 1]];
      if (first?.[0] === last?.[0] && first?.[1] === last?.[1]) return [];
      const pointer = inMulti ? `/geometry/coordinates/${p}/${r}` : `/geometry/coordinates/${r}`;
      return [{ pointer, detail: 'a ring must end where it begins' }];
    }),
  );
}
