import type { Position } from './position.ts';

/** Mean radius of the Earth in km (IUGG R1). */
const EARTH_RADIUS_KM = 6371.0088;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/**
 * Great-circle distance between two WGS84 positions in km, on a sphere (haversine; R. W. Sinnott, 1984).
 * Off the ellipsoid's by less than 0.6 %.
 */
export function distanceKm(from: Position, to: Position): number {
  const half = (degrees: number): number => Math.sin(radians(degrees) / 2) ** 2;
  const h =
    half(to[1] - from[1]) + Math.cos(radians(from[1])) * Math.cos(radians(to[1])) * half(to[0] - from[0]);
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * The position that lies `distance_km` from `from` along the bearing `bearing_deg` (0 = north, 90 = east), WGS84 on a sphere.
 * Longitude is wrapped into [-180, 180).
 */
export function destination(from: Position, bearing_deg: number, distance_km: number): Position {
  const angle = distance_km / EARTH_RADIUS_KM;
  const bearing = radians(bearing_deg);
  const lat = radians(from[1]);
  const sin_lat = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing);
  const lon =
    radians(from[0]) +
    Math.atan2(
      Math.sin(bearing) * Math.sin(angle) * Math.cos(lat),
      Math.cos(angle) - Math.sin(lat) * sin_lat,
    );
  const lon_deg = (lon * 180) / Math.PI;
  return [((((lon_deg + 180) % 360) + 360) % 360) - 180, (Math.asin(sin_lat) * 180) / Math.PI];
}
