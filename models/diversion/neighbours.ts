import { distanceKm } from '../geo/distance.ts';
import type { Position } from '../geo/position.ts';
import { groupBy } from './group-by.ts';

/** A dealer's place. */
export interface Placed {
  readonly dealer_id: string;
  /** WGS84; null when not known. */
  readonly position: Position | null;
  /** GB/T 2260; "" when not known. */
  readonly adcode: string;
}

/** Goods are passed on by lorry within a day. */
const NEAR_KM = 600;
/** No two places within `NEAR_KM` are further apart than one cell in latitude; degrees. */
const CELL_DEG = 6;

/**
 * Of each dealer, the others that goods could be passed to, nearest first: within 600 km, or, where a position is not known, in the same
 * province. Work grows with the dealers of a neighbourhood, not with the square of all.
 */
export function neighboursOf(dealers: readonly Placed[]): Map<string, string[]> {
  // Those of which a place, or a province, is not known stand under '', where nobody looks.
  const cells = groupBy(dealers, ({ position }) => (position === null ? '' : cellOf(position)));
  const provinces = groupBy(dealers, ({ adcode }) => adcode.slice(0, 2));
  return new Map(
    dealers.map((dealer) => {
      const { position, adcode } = dealer;
      const in_cells = position === null ? [] : around(position).flatMap((cell) => cells.get(cell) ?? []);
      const of_province = adcode === '' ? [] : (provinces.get(adcode.slice(0, 2)) ?? []);
      const in_province = of_province.filter((other) => position === null || other.position === null);
      const near = [...in_cells, ...in_province]
        .map((other) => ({ dealer_id: other.dealer_id, km: kmBetween(dealer, other) }))
        .filter(({ dealer_id, km }) => dealer_id !== dealer.dealer_id && km <= NEAR_KM)
        .sort((a, b) => a.km - b.km || (a.dealer_id < b.dealer_id ? -1 : 1));
      return [dealer.dealer_id, near.map(({ dealer_id }) => dealer_id)];
    }),
  );
}

/** Of two of which one's place is not known: as far as a neighbour can be. */
function kmBetween(a: Placed, b: Placed): number {
  return a.position === null || b.position === null ? NEAR_KM : distanceKm(a.position, b.position);
}

function around([lon, lat]: Position): string[] {
  // Degrees of longitude shrink towards the poles.
  const reach = Math.ceil(1 / Math.max(0.2, Math.cos((lat * Math.PI) / 180)));
  const steps = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach);
  return [-1, 0, 1].flatMap((up) =>
    steps.map((right) => cellOf([lon + right * CELL_DEG, lat + up * CELL_DEG])),
  );
}

function cellOf([lon, lat]: Position): string {
  return `${Math.floor(lat / CELL_DEG)}|${Math.floor(lon / CELL_DEG)}`;
}
