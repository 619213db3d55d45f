import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { kafkaKey } from './event-type.ts';
import { order } from './events/order.ts';
import { scan } from './events/scan.ts';
import { price } from './reference/price.ts';
import { rebateProgram } from './reference/rebate-program.ts';
import { territory } from './reference/territory.ts';
import { EVENT_TYPES, eventTypeByName, eventTypeByTopic } from './registry.ts';
import { TOPICS } from './topics.ts';

const orderEvent = {
  event_id: 'e1',
  source: 'erp-huadong',
  event_time: '2026-11-24T14:32:07.123+08:00',
  dealer_id: 'D-1',
  order_id: 'O-1',
  line_no: 1,
  sku_id: 'S-1',
  stage: 'placed',
  qty: 2.5,
  unit_price: '12.3400',
  currency: 'CNY',
  channel: 'portal',
};
const isOrder = Compile(order.schema);

describe('the order schema', () => {
  it('takes an order with its optional fields left out or null', () => {
    expect(isOrder.Check(orderEvent)).toBe(true);
    expect(isOrder.Check({ ...orderEvent, promo_id: null, freight_cost: null, expedited: null })).toBe(true);
  });

  it.each(Object.keys(orderEvent))('refuses an order without %s', (field) => {
    const rest = Object.fromEntries(Object.entries(orderEvent).filter(([name]) => name !== field));
    expect(isOrder.Check(rest)).toBe(false);
  });

  it.each([0.001, 1.005, 0.1, 123456.789, 999_999_999, '2.500', '0.001'])('takes the quantity %s', (qty) => {
    expect(isOrder.Check({ ...orderEvent, qty })).toBe(true);
  });

  it.each([0, -1, 1.0005, 1e12, '0.000', '1.0005', 'many', null, NaN])('refuses the quantity %s', (qty) => {
    expect(isOrder.Check({ ...orderEvent, qty })).toBe(false);
  });

  it.each(['0', '12', '12.34', '999999999999.999999'])('takes the money %s', (unit_price) => {
    expect(isOrder.Check({ ...orderEvent, unit_price })).toBe(true);
  });

  it.each([12.34, '-1', '1e3', '1,000.00', '.5', '1.', '', '1.0000001'])(
    'refuses the money %s',
    (unit_price) => {
      expect(isOrder.Check({ ...orderEvent, unit_price })).toBe(false);
    },
  );

  it.each(['2026-11-24T14:32:07Z', '2026-11-24T14:32:07.1+08:00', '2024-02-29T00:00:00.123456789-11:30'])(
    'takes the time %s',
    (event_time) => {
      expect(isOrder.Check({ ...orderEvent, event_time })).toBe(true);
    },
  );

  it.each([
    '2026-11-24T14:32:07',
    '2026-11-24 14:32:07Z',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-24T25:00:00Z',
    '2026-11-24',
    1_764_000_000,
  ])('refuses the time %s', (event_time) => {
    expect(isOrder.Check({ ...orderEvent, event_time })).toBe(false);
  });

  it('refuses unknown fields, stages, channels and currencies', () => {
    expect(isOrder.Check({ ...orderEvent, colour: 'red' })).toBe(false);
    expect(isOrder.Check({ ...orderEvent, stage: 'lost' })).toBe(false);
    expect(isOrder.Check({ ...orderEvent, channel: 'fax' })).toBe(false);
    expect(isOrder.Check({ ...orderEvent, currency: 'RMB' })).toBe(false);
  });
});

describe('relations between fields', () => {
  const scanEvent = { dealer_id: '', biz_step: 'consumer_scan', lat: 30.1, lon: 120.2 };

  it('lets a dealer be empty only for a consumer’s scan', () => {
    expect(scan.relations?.(scanEvent)).toEqual([]);
    expect(scan.relations?.({ ...scanEvent, biz_step: 'receiving' })).toMatchObject([
      { pointer: '/dealer_id' },
    ]);
  });

  it('wants lat and lon together', () => {
    expect(scan.relations?.({ ...scanEvent, lon: null })).toMatchObject([{ pointer: '/lon' }]);
  });

  it('wants a territory to have an area with closed rings', () => {
    const ring = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ];
    const open = [
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 2],
    ];
    expect(territory.relations?.({ adcodes: [] })).toMatchObject([{ pointer: '/adcodes' }]);
    expect(territory.relations?.({ geometry: { type: 'Polygon', coordinates: [ring] } })).toEqual([]);
    expect(
      territory.relations?.({ geometry: { type: 'MultiPolygon', coordinates: [[ring], [ring, open]] } }),
    ).toMatchObject([{ pointer: '/geometry/coordinates/1/1' }]);
  });

  it.each([
    [
      'swapped',
      [
        [31, 121],
        [32, 121],
        [32, 122],
        [31, 121],
      ],
      '/0',
    ],
    [
      'of another planet',
      [
        [0, 0],
        [500, 0],
        [1, 1],
        [0, 0],
      ],
      '/1',
    ],
    [
      'one point',
      [
        [1, 1],
        [1, 1],
        [1, 1],
        [1, 1],
      ],
      '',
    ],
    [
      'a line',
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 0],
      ],
      '',
    ],
  ])('refuses a territory whose ring is %s', (_what, ring, place) => {
    const found = territory.relations?.({ geometry: { type: 'Polygon', coordinates: [ring] } });
    expect(found).toMatchObject([{ pointer: `/geometry/coordinates/0${place}` }]);
  });

  it('wants rebate tiers to ascend and shares to add up', () => {
    const tiers = [
      { from: '0', rate_pct: 1 },
      { from: '1000', rate_pct: '2.5' },
    ];
    expect(
      rebateProgram.relations?.({
        tiers,
        split: [
          { level: 0, share_pct: '33.3' },
          { level: 1, share_pct: 66.7 },
        ],
      }),
    ).toEqual([]);
    expect(
      rebateProgram.relations?.({ tiers: tiers.toReversed(), split: [{ level: 0, share_pct: 99 }] }),
    ).toMatchObject([{ pointer: '/tiers/1/from' }, { pointer: '/split' }]);
  });
});

describe('the registry', () => {
  it('gives every type its own name, topic, table and view', () => {
    for (const field of ['type', 'topic', 'raw_table', 'core_view'] as const) {
      expect(new Set(EVENT_TYPES.map((type) => type[field])).size).toBe(EVENT_TYPES.length);
    }
  });

  it.each(EVENT_TYPES.map((type) => type.type))(
    'finds %s by name and by topic, refuses its unknown fields, has a topic to create',
    (name) => {
      const type = eventTypeByName(name);
      expect(type).toBeDefined();
      if (!type) return;
      expect(eventTypeByTopic(type.topic)).toBe(type);
      expect(type.schema).toMatchObject({ additionalProperties: false });
      expect(TOPICS.map((spec) => spec.topic)).toContain(type.topic);
      for (const field of type.key_fields) expect(Object.keys(type.schema.properties)).toContain(field);
    },
  );

  it('joins the key of a price from its three parts, absent ones empty', () => {
    expect(kafkaKey(price, { sku_id: 'S', tier: 1, territory_id: 'T' })).toBe('S|1|T');
    expect(kafkaKey(price, { sku_id: 'S' })).toBe('S||');
  });
});
