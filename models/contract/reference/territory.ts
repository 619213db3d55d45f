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
  relations: (event) => [...validityOrder(event), ...hasArea(event), ...ringsAreSound(event)],
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

function ringsAreSound(event: Readonly<Record<string, unknown>>): Violation[] {
  const geometry = event['geometry'] as Static<typeof Geometry> | null | undefined;
  if (!geometry) return [];
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const inMulti = geometry.type === 'MultiPolygon';
  return polygons.flatMap((rings, p) =>
    rings.flatMap((ring, r) => {
      const pointer = inMulti ? `/geometry/coordinates/${p}/${r}` : `/geometry/coordinates/${r}`;
      const violation = unsound(ring);
      return violation === undefined ? [] : [{ ...violation, pointer: pointer + violation.pointer }];
    }),
  );
}

/** What is wrong with a ring: no goods are inside of one without an area, and what is not on earth was written in another order or datum. */
function unsound(ring: Static<typeof Ring>): Violation | undefined {
  const [first, last] = [ring[0], ring[ring.length - 1]];
  if (first?.[0] !== last?.[0] || first?.[1] !== last?.[1])
    return { pointer: '', detail: 'a ring must end where it begins' };
  const off = ring.findIndex(([lon = NaN, lat = NaN]) => !(Math.abs(lon) <= 180 && Math.abs(lat) <= 90));
  if (off !== -1)
    return {
      pointer: `/${off}`,
      detail: 'is not on earth: a longitude (-180 to 180), then a latitude (-90 to 90)',
    };
  return hasInside(ring)
    ? undefined
    : { pointer: '', detail: 'a ring must enclose an area; its positions lie on one line' };
}

/** Whether some position lies beside the line through two others. */
function hasInside(ring: Static<typeof Ring>): boolean {
  const [x0 = NaN, y0 = NaN] = ring[0] ?? [];
  const far = ring.find(([x, y]) => x !== x0 || y !== y0);
  if (far === undefined) return false;
  const [dx, dy] = [(far[0] ?? NaN) - x0, (far[1] ?? NaN) - y0];
  return ring.some(([x = NaN, y = NaN]) => dx * (y - y0) !== dy * (x - x0));
}
