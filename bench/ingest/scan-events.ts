import { gtin13, unitCode } from '../../simulator/codes.ts';
import { Random } from '../../simulator/random.ts';

const DEALERS = 3_000;
const PRODUCTS = 400;
const UNITS_A_LOT = 5_000;
/** What a unit goes through, a scan each; how long after the one before it, at most. */
const STEPS = ['commissioning', 'shipping', 'receiving', 'retail_selling'] as const;
const STEP_MS_MAX = 5 * 86_400_000;
const FIRST_MS = Date.UTC(2026, 7, 1);
const SPAN_MS = 60 * 86_400_000;
/** Units under way at once: their scans are mixed, as those of a channel are. */
const UNITS_UNDER_WAY = 4_096;

interface Unit {
  readonly code: string;
  readonly sku_id: string;
  readonly lot: string;
  readonly dealer: number;
  step: number;
  at_ms: number;
}

/**
 * A seeded stream of scans as a channel of 3,000 dealers gives them: each unit is made, shipped, received and sold, the
 * units' scans are mixed. Every event is a valid one of the contract, as JSON, about 400 bytes.
 */
export function* scanEvents(count: number, seed: string): Generator<{ key: string; value: string }> {
  const random = new Random(seed);
  let units = 0;
  const makeUnit = (): Unit => {
    const number = units++;
    const product = random.int(1, PRODUCTS);
    return {
      code: unitCode(gtin13(product), String(number).padStart(9, '0')),
      sku_id: `SKU-${String(product).padStart(4, '0')}`,
      lot: `L${String(Math.floor(number / UNITS_A_LOT)).padStart(5, '0')}`,
      dealer: random.int(1, DEALERS),
      step: 0,
      at_ms: FIRST_MS + Math.floor((number / (count / STEPS.length)) * SPAN_MS),
    };
  };
  const underWay = Array.from({ length: UNITS_UNDER_WAY }, makeUnit);
  for (let n = 0; n < count; n++) {
    const slot = random.int(0, UNITS_UNDER_WAY - 1);
    let unit = underWay[slot];
    if (unit === undefined || unit.step === STEPS.length) underWay[slot] = unit = makeUnit();
    yield { key: unit.code, value: JSON.stringify(scanOf(unit, n, random)) };
    unit.step += 1;
    unit.at_ms += random.int(60_000, STEP_MS_MAX);
  }
}

function scanOf(unit: Unit, n: number, random: Random): object {
  const dealer_id = `D${String(unit.dealer).padStart(5, '0')}`;
  const biz_step = STEPS[unit.step] ?? 'inspecting';
  const isDealers = unit.step >= 2;
  return {
    event_id: `scan-${n.toString(36)}`,
    source: `wms-${unit.dealer % 8}`,
    event_time: new Date(unit.at_ms).toISOString(),
    dealer_id: isDealers ? dealer_id : 'HQ',
    code: unit.code,
    level: 'unit',
    biz_step,
    sku_id: unit.sku_id,
    lot: unit.lot,
    ...(biz_step === 'shipping' ? { to_dealer_id: dealer_id } : {}),
    ...(isDealers && random.chance(0.66)
      ? {
          lat: Number((22 + (unit.dealer % 180) / 10 + random.float() / 100).toFixed(5)),
          lon: Number((100 + (unit.dealer % 200) / 10 + random.float() / 100).toFixed(5)),
          accuracy_m: random.int(5, 40),
        }
      : {}),
    device_id: `${dealer_id}-H${random.int(1, 2)}`,
  };
}
