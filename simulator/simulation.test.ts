import { describe, expect, test } from 'vitest';
import { validateEvent } from '../ingest/edge/event-validator.ts';
import { ALERT_KINDS } from '../models/contract/alert.ts';
import { eventTypeByName } from '../models/contract/registry.ts';
import { readPrefectures } from '../sql/geo/load.ts';
import type { SimulatedEvent } from './flow/event-stream.ts';
import { Simulation } from './flow/simulation.ts';
import { DEFAULTS, type SimulationOptions } from './options.ts';
import { DAY_MS } from './time.ts';

const prefectures = readPrefectures();
const start_ms = Date.parse('2026-09-01T00:00:00+08:00');
const DAYS = 45;
const options: SimulationOptions = {
  ...DEFAULTS,
  seed: 'test',
  dealers: 30,
  days: DAYS,
  start_ms,
  injection_rate: 20,
};

type Fields = Readonly<Record<string, string | number | undefined>>;

function run(changed: Partial<SimulationOptions> = {}, days = DAYS) {
  const simulation = new Simulation({ ...options, ...changed }, prefectures);
  return { events: [...simulation.until(start_ms + days * DAY_MS)], truth: simulation.truth() };
}

function of(events: readonly SimulatedEvent[], type: SimulatedEvent['type']): Fields[] {
  return events.filter((one) => one.type === type).map((one) => one.event as Fields);
}

const { events, truth } = run();
const orders = of(events, 'order');
const scans = of(events, 'scan');

describe('simulation', () => {
  test('the same options give the same bytes, another seed gives others', () => {
    const text = (seed: string): string =>
      run({ seed }, 10)
        .events.map((one) => JSON.stringify(one))
        .join('\n');
    expect(text('a')).toBe(text('a'));
    expect(text('b').replaceAll('b-', 'a-')).not.toBe(text('a'));
  });

  test("every event is the contract's to the letter", () => {
    const refused = events.flatMap(({ type, event }) => {
      const definition = eventTypeByName(type);
      if (definition === undefined) return [`${type} is not in the contract`];
      return validateEvent(definition, event, start_ms + DAYS * DAY_MS).map(
        ({ pointer, detail }) => `${type}${pointer} ${detail}`,
      );
    });
    expect([...new Set(refused)]).toEqual([]);
    expect(new Set(events.map(({ type }) => type)).size).toBe(11);
  });

  test('events come in the order of their time, and no two share source and event_id', () => {
    const times = events.map(({ event }) => String(event['event_time']));
    expect(times).toEqual([...times].sort());
    expect(
      new Set(events.map(({ event }) => `${String(event['source'])}|${String(event['event_id'])}`)).size,
    ).toBe(events.length);
  });

  test('an order line is confirmed before review, approved before allocation, shipped before delivery', () => {
    const order = ['placed', 'confirmed', 'finance_review', 'approved', 'allocated', 'shipped', 'delivered'];
    const lines = groupOrders();
    for (const stages of lines.values()) {
      const ranks = stages
        .filter((stage) => stage !== 'rework')
        .map((stage) => order.indexOf(stage))
        .filter((rank) => rank >= 0);
      const first = ranks.filter((rank, i) => ranks.indexOf(rank) === i);
      expect(first).toEqual([...first].sort((a, b) => a - b));
      expect(stages[0]).toBe('placed');
    }
  });

  test('finance review holds about 60 % of the time that delivered lines take', () => {
    const lines = groupTimes();
    let review = 0;
    let all = 0;
    for (const stages of lines.values()) {
      const placed = stages.get('placed');
      const delivered = stages.get('delivered');
      const begun = stages.get('finance_review');
      const approved = stages.get('approved');
      if (placed === undefined || delivered === undefined || begun === undefined || approved === undefined)
        continue;
      review += approved - begun;
      all += delivered - placed;
    }
    expect(review / all).toBeGreaterThan(0.5);
    expect(review / all).toBeLessThan(0.7);
  });

  test('an invoice is exactly the sum of what was shipped of its order', () => {
    const invoices = of(events, 'money').filter(({ kind }) => kind === 'invoice');
    expect(invoices.length).toBeGreaterThan(50);
    for (const { order_id, amount } of invoices) {
      const shipped = orders.filter((line) => line['order_id'] === order_id && line['stage'] === 'shipped');
      const sum = shipped.reduce(
        (total, { qty, unit_price }) => total + BigInt(String(qty)) * tenthousandths(unit_price),
        0n,
      );
      expect(tenthousandths(amount)).toBe(sum);
    }
  });

  test('what a dealer has, is about to get and was seen to sell or send on never exceeds what was sent to it', () => {
    const { events: clean } = run({ injection_rate: 0 });
    const pack = new Map(of(clean, 'product').map(({ sku_id, pack_qty }) => [sku_id, Number(pack_qty)]));
    const balance = new Map<string, { sent: number; gone: number }>();
    const at = (dealer: unknown, sku: unknown) => {
      const key = `${String(dealer)}|${String(sku)}`;
      const entry = balance.get(key) ?? { sent: 0, gone: 0 };
      balance.set(key, entry);
      return entry;
    };
    let snapshots = 0;
    for (const { type, event } of clean) {
      const { dealer_id, sku_id, biz_step, level, to_dealer_id } = event as Fields;
      if (type === 'scan' && biz_step === 'shipping' && level === 'case') {
        at(to_dealer_id, sku_id).sent += pack.get(sku_id) ?? 0;
        at(dealer_id, sku_id).gone += pack.get(sku_id) ?? 0;
      } else if (type === 'scan' && biz_step === 'retail_selling') at(dealer_id, sku_id).gone++;
      else if (type === 'stock') {
        const { sent, gone } = at(dealer_id, sku_id);
        expect(Number(event['on_hand']) + Number(event['in_transit']) + gone).toBeLessThanOrEqual(sent);
        snapshots++;
      }
    }
    expect(snapshots).toBeGreaterThan(5000);
  });
});

describe('injections', () => {
  test('without them the truth is empty, no till outside the shipped-to dealer sees a unit, no price is below its floor', () => {
    const clean = run({ injection_rate: 0 });
    expect(clean.truth).toEqual([]);
    expect(foreignTills(of(clean.events, 'scan'))).toEqual([]);
    expect(belowFloor(clean.events)).toEqual([]);
  });

  test('each kind leaves labelled deeds, and every labelled code is in the stream at its far end', () => {
    // Two dealers of one province that sell as much of one product are rare in so small a channel.
    const told = new Set([...truth.map(({ kind }) => kind), 'paired_buyer']);
    expect(told).toEqual(new Set(ALERT_KINDS));
    const by_code = new Map<unknown, Fields[]>();
    for (const scan of scans) {
      const seen = by_code.get(scan['code']);
      if (seen === undefined) by_code.set(scan['code'], [scan]);
      else seen.push(scan);
    }
    for (const { codes, kind, found_dealer_id } of truth.filter((row) => row.codes.length > 0)) {
      for (const code of codes) {
        const far = (by_code.get(code) ?? []).some(
          ({ dealer_id, biz_step }) => dealer_id === found_dealer_id || biz_step === 'consumer_scan',
        );
        expect(far, `${kind} ${code}`).toBe(true);
      }
    }
  });

  test('a pair are neighbours, and the buyer’s own purchases fall', () => {
    const { events: large, truth: deeds } = run({ seed: 'pairs', dealers: 90, injection_rate: 30 }, 60);
    const pairs = deeds.filter(({ kind }) => kind === 'paired_buyer');
    expect(pairs.length).toBeGreaterThan(0);
    const homes = new Map(of(large, 'dealer').map(({ dealer_id, adcode }) => [dealer_id, String(adcode)]));
    for (const { origin_dealer_id, found_dealer_id } of pairs) {
      expect(found_dealer_id).not.toBe(origin_dealer_id);
      expect(homes.get(origin_dealer_id)?.slice(0, 2)).toBe(homes.get(found_dealer_id ?? '')?.slice(0, 2));
    }
  });

  test('what a foreign till sees is labelled', () => {
    const labelled = new Set(truth.flatMap(({ codes }) => codes));
    const foreign = foreignTills(scans);
    expect(foreign.length).toBeGreaterThan(0);
    expect(foreign.filter((code) => !labelled.has(code))).toEqual([]);
  });

  test('every line below its floor is a labelled dealer and product', () => {
    const labelled = new Set(
      truth
        .filter(({ kind }) => kind === 'below_floor')
        .map((row) => `${row.origin_dealer_id}|${row.sku_id}`),
    );
    const found = belowFloor(events);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((line) => !labelled.has(line))).toEqual([]);
  });

  test('a label is not told in the stream', () => {
    const ids = new Set(truth.map(({ injection_id }) => injection_id));
    const text = JSON.stringify(events);
    expect([...ids].filter((id) => text.includes(id))).toEqual([]);
  });
});

test.each([
  [{ dealers: 1 }, 'dealers'],
  [{ skus: 3.5 }, 'skus'],
  [{ seed: 'a b' }, 'seed'],
])('%j is refused', (wrong, name) => {
  expect(() => new Simulation({ ...options, ...wrong }, prefectures)).toThrow(name);
});

function tenthousandths(money: unknown): bigint {
  return BigInt(String(money).replace('.', ''));
}

function lineOf({ order_id, line_no }: Fields): string {
  return `${String(order_id)}|${String(line_no)}`;
}

function groupOrders(): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const event of orders)
    lines.set(lineOf(event), [...(lines.get(lineOf(event)) ?? []), String(event['stage'])]);
  return lines;
}

/** First time of each stage by line, ms. */
function groupTimes(): Map<string, Map<string, number>> {
  const lines = new Map<string, Map<string, number>>();
  for (const event of orders) {
    const stages = lines.get(lineOf(event)) ?? new Map<string, number>();
    lines.set(lineOf(event), stages);
    if (!stages.has(String(event['stage'])))
      stages.set(String(event['stage']), Date.parse(String(event['event_time'])));
  }
  return lines;
}

/** Codes of units that a dealer sold although their case was last shipped to another. */
function foreignTills(all: readonly Fields[]): string[] {
  const case_of = new Map<unknown, unknown>();
  const owner = new Map<unknown, unknown>();
  const foreign = new Set<string>();
  for (const { biz_step, code, parent_code, to_dealer_id, dealer_id } of all) {
    if (biz_step === 'packing') case_of.set(code, parent_code);
    if (biz_step === 'shipping') owner.set(code, to_dealer_id);
    if (biz_step === 'retail_selling' && owner.get(case_of.get(code)) !== dealer_id)
      foreign.add(String(code));
  }
  return [...foreign];
}

/** `dealer|sku` of lines placed below the floor of the dealer's tier. */
function belowFloor(all: readonly SimulatedEvent[]): string[] {
  const tier = new Map(of(all, 'dealer').map(({ dealer_id, tier: of_tier }) => [dealer_id, of_tier]));
  const floor = new Map(
    of(all, 'price').map((price) => [
      `${String(price['sku_id'])}|${String(price['tier'])}`,
      price['floor_price'],
    ]),
  );
  return of(all, 'order')
    .filter(({ stage }) => stage === 'placed')
    .filter(({ dealer_id, sku_id, unit_price }) => {
      const lowest = floor.get(`${String(sku_id)}|${String(tier.get(dealer_id))}`);
      return tenthousandths(unit_price) < tenthousandths(lowest);
    })
    .map(({ dealer_id, sku_id }) => `${String(dealer_id)}|${String(sku_id)}`);
}
