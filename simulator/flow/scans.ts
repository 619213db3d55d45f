import type { BizStep } from '../../models/contract/events/scan.ts';
import { fromWgs84, type Datum } from '../../models/geo/datum.ts';
import type { Position } from '../../models/geo/position.ts';
import type { Random } from '../random.ts';
import type { Dealer } from '../world/dealers.ts';
import { codeOfUnit, type Case, type Channel } from './channel.ts';

/** Who scans at the manufacturer's warehouse: the supplier id that the contract gives it. */
export const HQ = 'HQ';

/** What phones report, and how often: GPS itself, the national offset, or Baidu's. */
const DATUM_SHARE: readonly { readonly datum: Datum; readonly weight: number }[] = [
  { datum: 'wgs84', weight: 55 },
  { datum: 'gcj02', weight: 35 },
  { datum: 'bd09', weight: 10 },
];

/** One reading of a case's code. */
export function scanCase(
  channel: Channel,
  one: Case,
  dealer_id: string,
  biz_step: BizStep,
  more: object = {},
): void {
  emitScan(channel, {
    dealer_id,
    code: one.code,
    level: 'case',
    biz_step,
    sku_id: one.product.sku_id,
    lot: one.lot,
    ...more,
  });
}

/** One reading of the `n`-th unit's code. */
export function scanUnit(
  channel: Channel,
  one: Case,
  n: number,
  dealer_id: string,
  biz_step: BizStep,
  more: object = {},
): void {
  const { product, lot } = one;
  const code = codeOfUnit(one, n);
  emitScan(channel, { dealer_id, code, level: 'unit', biz_step, sku_id: product.sku_id, lot, ...more });
}

/** A dealer's scan with its handheld: two in three know where they are. */
export function dealerScanPlace(dealer: Dealer, random: Random): object {
  const device_id = `${dealer.dealer_id}-H${random.int(1, 2)}`;
  return random.chance(0.66)
    ? { device_id, ...reportedPlace(dealer.position, 'wgs84', random) }
    : { device_id };
}

/** A consumer's phone at a place: its datum, a session, the radius that it claims. */
export function consumerScanPlace(channel: Channel, position: Position, random: Random): object {
  const { datum } = random.weighted(DATUM_SHARE, ({ weight }) => weight);
  return {
    session_id: `S${(channel.born.scans + 1).toString(36)}`,
    ...reportedPlace(position, datum, random),
  };
}

/** The position as a device reports it: off by its accuracy, which is tens of metres and now and then that of a radio cell. */
function reportedPlace(position: Position, datum: Datum, random: Random): object {
  const accuracy_m = Math.round(random.chance(0.05) ? random.between(800, 3000) : random.logNormal(35, 0.6));
  // The reported radius holds 68 % of fixes (Android's definition): that of a Rayleigh distribution is 1.51 sigma.
  const sigma_deg = accuracy_m / 1.51 / 111_320;
  const [lon, lat] = fromWgs84(
    [position[0] + sigma_deg * random.normal(), position[1] + sigma_deg * random.normal()],
    datum,
  );
  return { lat: Number(lat.toFixed(6)), lon: Number(lon.toFixed(6)), accuracy_m, datum };
}

function emitScan(channel: Channel, fields: Readonly<Record<string, unknown>>): void {
  channel.stream.emit('scan', String(++channel.born.scans), fields);
}
