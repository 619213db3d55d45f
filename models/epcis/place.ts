import { readGs1 } from '../gs1/identifier.ts';
import { unescaped } from '../gs1/unescaped.ts';
import { OWN } from './vocabulary.ts';

/** A position in WGS84. */
export interface GeoPoint {
  readonly lat: number;
  readonly lon: number;
  readonly accuracy_m?: number;
}

const ID_MAX = 64;
/** RFC 5870: latitude, longitude, perhaps altitude, and `u`, the radius of uncertainty in metres. */
const GEO = /^geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)(?:,-?\d+(?:\.\d+)?)?((?:;[^;]+)*)$/i;

/**
 * The position that a geo URI gives; undefined for any other URI. One of another reference system is not read as WGS84:
 * where `crs` is GCJ-02, it would lie half a kilometre off.
 */
export function geoPoint(uri: string): GeoPoint | { readonly fault: string } | undefined {
  if (!/^geo:/i.test(uri)) return undefined;
  const [, lat, lon, parameters = ''] = GEO.exec(uri) ?? [];
  if (lat === undefined || lon === undefined)
    return { fault: 'is no geo URI, as in "geo:30.25,120.17;u=15" (RFC 5870)' };
  const crs = /;crs=([^;]*)/i.exec(parameters)?.[1];
  if (crs !== undefined && crs.toLowerCase() !== 'wgs84') return { fault: 'names another crs than wgs84' };
  const accuracy = /;u=(\d+(?:\.\d+)?)/i.exec(parameters)?.[1];
  return {
    lat: Number(lat),
    lon: Number(lon),
    ...(accuracy !== undefined && { accuracy_m: Number(accuracy) }),
  };
}

/**
 * The dealer that a URI names: an id of this system; the GLN (13 digits) of an SGLN, a PGLN or a link, whatever place of the
 * dealer's it is; else the URI itself.
 */
export function dealerOf(uri: string): { readonly dealer_id: string } | { readonly fault: string } {
  const own = `${OWN}dealer:`;
  if (uri.startsWith(own)) return { dealer_id: unescaped(uri.slice(own.length)) };
  const identifier = readGs1(uri);
  if (identifier !== undefined && 'fault' in identifier) return identifier;
  if (identifier?.key === 'gln') return { dealer_id: identifier.gln };
  return uri.length <= ID_MAX
    ? { dealer_id: uri }
    : { fault: `a dealer's id has at most ${ID_MAX} characters` };
}
