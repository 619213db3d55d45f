import { geoConicEqualArea, type GeoProjection } from 'd3-geo';
import type { FeatureCollection } from 'geojson';

/** The standard parallels of maps of China; equal areas, so that a shade weighs as much as its region. */
const PARALLELS: [number, number] = [25, 47];
const CENTRAL_MERIDIAN = 105;

/**
 * A projection in which `shapes` fill the box.
 *
 * @param box pixels; `margin` keeps room for lines and labels
 * @param meridian stands upright: for a part of the country its own
 */
export function chinaProjection(
  shapes: FeatureCollection,
  box: { readonly width: number; readonly height: number; readonly margin: number },
  meridian = CENTRAL_MERIDIAN,
): GeoProjection {
  const { width, height, margin } = box;
  return geoConicEqualArea()
    .parallels(PARALLELS)
    .rotate([-meridian, 0])
    .fitExtent(
      [
        [margin, margin],
        [Math.max(margin + 1, width - margin), Math.max(margin + 1, height - margin)],
      ],
      shapes,
    );
}
