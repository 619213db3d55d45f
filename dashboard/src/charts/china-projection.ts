import { geoConicEqualArea, type GeoProjection } from 'd3-geo';
import type { FeatureCollection } from 'geojson';

/** The standard parallels of maps of China; equal areas, so that a shade weighs as much as its region. */
const PARALLELS: [number, number] = [25, 47];
const CENTRAL_MERIDIAN = 105;

/**
 * A projection in which `shapes` fill the box.
 *
 * @param box pixels; `left` and `bottom` keep room for legend and labels
 */
export function chinaProjection(
  shapes: FeatureCollection,
  box: { readonly width: number; readonly height: number; readonly margin: number },
): GeoProjection {
  const { width, height, margin } = box;
  return geoConicEqualArea()
    .parallels(PARALLELS)
    .rotate([-CENTRAL_MERIDIAN, 0])
    .fitExtent(
      [
        [margin, margin],
        [Math.max(margin + 1, width - margin), Math.max(margin + 1, height - margin)],
      ],
      shapes,
    );
}
