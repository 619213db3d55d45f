import { readFileSync } from 'node:fs';
import { geoArea } from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { describe, expect, it } from 'vitest';
import { woundClockwise, type Geography } from '../dashboard/src/geo/geography.ts';

/** Steradians: Xinjiang, the largest, has 0.041. */
const PROVINCE_MAX = 0.05;

const map = JSON.parse(
  readFileSync(new URL('../dashboard/public/geo/china.topo.json', import.meta.url), 'utf8'),
) as Topology<{ provinces: GeometryCollection }>;
const shipped = feature(map, map.objects.provinces) as unknown as Geography['regions'];

describe('the map', () => {
  it('paints no province over the rest of the Earth, whichever way its rings go', () => {
    const reversed: Geography['regions'] = {
      ...shipped,
      features: shipped.features.map((province) => ({
        ...province,
        geometry: {
          type: 'MultiPolygon',
          coordinates: (province.geometry.type === 'Polygon'
            ? [province.geometry.coordinates]
            : province.geometry.coordinates
          ).map((rings) => rings.map((ring) => ring.toReversed())),
        },
      })),
    };
    for (const provinces of [shipped, reversed]) {
      for (const province of woundClockwise(provinces).features) {
        expect(geoArea(province), province.properties.name).toBeLessThan(PROVINCE_MAX);
      }
    }
  });
});
