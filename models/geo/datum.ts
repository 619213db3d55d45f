import type { Position } from './position.ts';

/**
 * The datum shift that Chinese maps carry. GCJ-02 (Amap, Tencent, phones sold in China) moves a WGS84 position by 100-700 m,
 * BD-09 (Baidu) moves that again. The forward functions are the public reconstruction used by eviltransform
 * (github.com/googollee/eviltransform) and coordtransform (github.com/wandergis/coordtransform), whose published vectors
 * the test holds them to. Outside a rectangle around China nothing is shifted, as in those sources.
 */
export type Datum = 'wgs84' | 'gcj02' | 'bd09';

/** Krasovsky 1940: semi-major axis in metres and squared eccentricity, as GCJ-02 uses them. */
const AXIS_M = 6378245;
const ECCENTRICITY_SQUARED = 0.006693421622965943;
const BD_PI = (Math.PI * 3000) / 180;
/** A fixed point is reached in 3-5 steps (the shift's slope is below 0.01); more means an input that is no place. */
const INVERSE_STEPS_MAX = 30;
const INVERSE_TOLERANCE_DEG = 1e-10;

/** The position in WGS84 of a position given in `datum`; exact to 1e-7 degrees (about 1 cm). */
export function toWgs84(position: Position, datum: Datum): Position {
  switch (datum) {
    case 'wgs84':
      return position;
    case 'gcj02':
      return gcj02ToWgs84(position);
    case 'bd09':
      return gcj02ToWgs84(bd09ToGcj02(position));
  }
}

/** The position in `datum` of a WGS84 position. */
export function fromWgs84(position: Position, datum: Datum): Position {
  switch (datum) {
    case 'wgs84':
      return position;
    case 'gcj02':
      return wgs84ToGcj02(position);
    case 'bd09':
      return gcj02ToBd09(wgs84ToGcj02(position));
  }
}

/** WGS84 → GCJ-02, degrees. */
export function wgs84ToGcj02([lon, lat]: Position): Position {
  if (lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lon, lat];
  const x = lon - 105;
  const y = lat - 35;
  const root = Math.sqrt(Math.abs(x));
  const ripple = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3);
  const north_m =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * root +
    ripple +
    (20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * (2 / 3) +
    (160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * (2 / 3);
  const east_m =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * root +
    ripple +
    (20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * (2 / 3) +
    (150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * (2 / 3);
  const rad_lat = (lat / 180) * Math.PI;
  const magic = 1 - ECCENTRICITY_SQUARED * Math.sin(rad_lat) ** 2;
  const north_deg =
    (north_m * 180) / (((AXIS_M * (1 - ECCENTRICITY_SQUARED)) / (magic * Math.sqrt(magic))) * Math.PI);
  const east_deg = (east_m * 180) / ((AXIS_M / Math.sqrt(magic)) * Math.cos(rad_lat) * Math.PI);
  return [lon + east_deg, lat + north_deg];
}

/** GCJ-02 → BD-09, degrees. */
export function gcj02ToBd09([lon, lat]: Position): Position {
  const z = Math.sqrt(lon * lon + lat * lat) + 0.00002 * Math.sin(lat * BD_PI);
  const theta = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BD_PI);
  return [z * Math.cos(theta) + 0.0065, z * Math.sin(theta) + 0.006];
}

/** GCJ-02 → WGS84, degrees, by iterating the forward function. */
export function gcj02ToWgs84(position: Position): Position {
  return invert(wgs84ToGcj02, position);
}

/** BD-09 → GCJ-02, degrees, by iterating the forward function. */
export function bd09ToGcj02(position: Position): Position {
  return invert(gcj02ToBd09, position);
}

/** The fixed point `p` of `forward(p) = target`: the shift varies so slowly that subtracting the residual contracts. */
function invert(forward: (p: Position) => Position, target: Position): Position {
  let [lon, lat] = target;
  for (let step = 0; step < INVERSE_STEPS_MAX; step++) {
    const [lon_there, lat_there] = forward([lon, lat]);
    const lon_error = lon_there - target[0];
    const lat_error = lat_there - target[1];
    lon -= lon_error;
    lat -= lat_error;
    if (Math.abs(lon_error) < INVERSE_TOLERANCE_DEG && Math.abs(lat_error) < INVERSE_TOLERANCE_DEG) break;
  }
  return [lon, lat];
}
