import { unitCode } from '../../simulator/codes.ts';
import type { SimulatedEvent } from '../../simulator/flow/event-stream.ts';
import { Simulation } from '../../simulator/flow/simulation.ts';
import { DEFAULTS } from '../../simulator/options.ts';
import { DAY_MS, instant, midnight } from '../../simulator/time.ts';
import type { World } from '../../simulator/world/world.ts';
import { readPrefectures } from '../../sql/geo/load.ts';

const DEALERS = 200;
/** What the detector knows when the run begins: habits, ways of codes, cases. */
const HISTORY_DAYS = 30;
/** Scans of a simulated day, at least: so many days are simulated for the run. */
const SCANS_A_DAY_MIN = 1_500;
/** Units of one deed: enough for a case by themselves. */
const UNITS = 4;

/** What is sent. All of it lies in the past, so that no event waits for its time. */
export interface AlertChannel {
  /** All types, with the shipments of what the deeds are about. */
  readonly history: readonly SimulatedEvent[];
  /** Scans of the days after it, in the order of their time. */
  readonly scans: readonly SimulatedEvent[];
  readonly deeds: readonly Deed[];
}

/** Units that were shipped to one dealer and are then sold by another one, far away: a case of its own by its lot. */
export interface Deed {
  readonly lot: string;
  /** The scans that tell it, all from one instant. */
  readonly eventsAt: (time_ms: number) => object[];
}

/** A simulated channel with `scans` scans to send, and so many deeds to send between them. */
export function makeChannel(scans: number, deeds: number): AlertChannel {
  const days = HISTORY_DAYS + Math.ceil(scans / SCANS_A_DAY_MIN);
  const start_ms = midnight(Date.now()) - days * DAY_MS;
  const options = { ...DEFAULTS, seed: 'alerts', dealers: DEALERS, days, start_ms };
  const simulation = new Simulation(options, readPrefectures(undefined));
  const history_ends_ms = start_ms + HISTORY_DAYS * DAY_MS;
  const history = [...simulation.until(history_ends_ms)];
  const live: SimulatedEvent[] = [];
  for (const event of simulation.until(start_ms + days * DAY_MS)) {
    if (event.type === 'scan') live.push(event);
    if (live.length === scans) break;
  }
  if (live.length < scans) throw new Error(`${days} days have ${live.length} scans only`);
  const made = Array.from({ length: deeds }, (_, n) => makeDeed(simulation.world, n, history_ends_ms));
  return {
    history: [...history, ...made.flatMap(({ shipments }) => shipments)],
    scans: live,
    deeds: made.map(({ deed }) => deed),
  };
}

function makeDeed(
  world: World,
  n: number,
  shipped_before_ms: number,
): { readonly deed: Deed; readonly shipments: SimulatedEvent[] } {
  const [origin, seller] = farApart(world);
  const product = world.products[0];
  if (product === undefined) throw new Error('the channel has no product');
  const [lon, lat] = seller.position;
  const lot = `DEED-${n}`;
  const codes = Array.from({ length: UNITS }, (_, unit) => unitCode(product.gtin, `D${n}U${unit}`));
  const common = { source: 'bench-deeds', level: 'unit', sku_id: product.sku_id, lot };
  const ship = (
    [unit, code]: readonly [number, string],
    step: string,
    days_before: number,
    more: object,
  ): SimulatedEvent => {
    const time_ms = shipped_before_ms - days_before * DAY_MS;
    const event_id = `${lot}-${step}-${unit}`;
    const event = {
      ...common,
      event_id,
      event_time: instant(time_ms),
      dealer_id: 'HQ',
      code,
      biz_step: step,
      ...more,
    };
    return { type: 'scan', time_ms, event };
  };
  return {
    shipments: [...codes.entries()].flatMap((code) => [
      ship(code, 'commissioning', 9, {}),
      ship(code, 'shipping', 8, { to_dealer_id: origin.dealer_id }),
    ]),
    deed: {
      lot,
      eventsAt: (time_ms) =>
        codes.map((code, unit) => ({
          ...common,
          event_id: `${lot}-sold-${unit}`,
          event_time: instant(time_ms),
          dealer_id: seller.dealer_id,
          code,
          biz_step: 'retail_selling',
          lon,
          lat,
          accuracy_m: 20,
        })),
    },
  };
}

/** Two dealers of different provinces that both buy from the beginning. */
function farApart({ dealers }: World) {
  const [origin] = dealers;
  const seller = dealers.find(
    ({ prefecture }) => prefecture.province_adcode !== origin?.prefecture.province_adcode,
  );
  if (origin === undefined || seller === undefined) throw new Error('all dealers are in one province');
  return [origin, seller] as const;
}
