import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../models/contract/event-type.ts';
import { order } from '../../models/contract/events/order.ts';
import { QUANTITY_MAX } from '../../models/contract/fields.ts';
import { scan } from '../../models/contract/events/scan.ts';
import { rebateProgram } from '../../models/contract/reference/rebate-program.ts';
import { territory } from '../../models/contract/reference/territory.ts';
import { createEventValidator, EVENT_BYTES_MAX, validateEvent } from './event-validator.ts';
import { VIOLATIONS_PER_EVENT_MAX } from '../../models/contract/violations.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
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
const territoryEvent = {
  event_id: 't1',
  source: 'mdm',
  event_time: '2026-11-24T00:00:00Z',
  valid_from: '1999-01-01T00:00:00Z',
  territory_id: 'T-1',
  name: '华东',
};
const square = [
  [0, 0],
  [0, 1],
  [1, 1],
  [0, 0],
];

const violations = (type: EventType, event: unknown) => validateEvent(type, event, NOW_MS);

describe('a valid event', () => {
  it('is serialised in its own field order, under the key of its type', () => {
    const reversed = Object.fromEntries(Object.entries(orderEvent).toReversed());
    const validation = createEventValidator(order)(reversed, NOW_MS);
    expect(validation.valid && validation.event.value.toString()).toBe(JSON.stringify(reversed));
    expect(validation.valid && validation.event.key).toBe('O-1');
  });

  it.each([
    '2000-01-01T00:00:00Z',
    '1999-12-31T18:00:00-06:00',
    '2026-11-25T12:00:00Z',
    '2026-11-25T20:00:00+08:00',
  ])('may have happened at %s, which is within the bounds', (event_time) => {
    expect(violations(order, { ...orderEvent, event_time })).toEqual([]);
  });

  it('may hold for any time: the bounds are those of event_time, not of valid_from', () => {
    expect(violations(territory, { ...territoryEvent, adcodes: ['330100'] })).toEqual([]);
  });

  it('may say \\u in a text, and use characters beyond the basic plane', () => {
    expect(violations(order, { ...orderEvent, reason: 'C:\\users\\u0000 \u{1F4E6}' })).toEqual([]);
  });

  it('may have any quantity of at most three decimals as a number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: QUANTITY_MAX * 1000 }), (thousandths) => {
        const text = (BigInt(thousandths) / 1000n).toString();
        const qty = Number(`${text}.${String(thousandths % 1000).padStart(3, '0')}`);
        expect(violations(order, { ...orderEvent, qty })).toEqual([]);
      }),
    );
  });

  it.each(['1900-01-01', '2024-02-29', '9999-12-31'])('may wish for %s', (requested_date) => {
    expect(violations(order, { ...orderEvent, requested_date })).toEqual([]);
  });
});

describe('an invalid event', () => {
  it.each<[string, object, string, RegExp]>([
    ['an unknown field', { colour: 'red' }, '/colour', /unknown/],
    ['a field named like a part of a pointer', { 'a/b~c': 1 }, '/a~1b~0c', /unknown/],
    ['a wrong type', { line_no: 'one' }, '/line_no', /an integer from 1 to 2147483647, got "one"/],
    [
      'a wrong type of an optional field, told once',
      { promo_id: 5 },
      '/promo_id',
      /1 to 64 .* or null, got 5$/,
    ],
    ['a word out of its list', { stage: 'lost' }, '/stage', /one of placed, confirmed, .*, got "lost"/],
    ['a quantity of 0, told once', { qty: 0 }, '/qty', /above 0, .* 3 decimals, got 0$/],
    ['a quantity with a fourth decimal', { qty: 1.0001 }, '/qty', /3 decimals, got 1.0001$/],
    // The database would keep 0.799 and 64.000.
    ['a sum of doubles', { qty: 0.7999999999999999 }, '/qty', /3 decimals/],
    ['a sum of doubles near a thousandth', { qty: 64.00099999999999 }, '/qty', /3 decimals/],
    ['next to nothing', { qty: 1e-11 }, '/qty', /3 decimals, got 1e-11$/],
    ['a day with a lost century', { requested_date: '0026-11-24' }, '/requested_date', /from 1900 on/],
    ['a day that is none', { requested_date: '2026-02-29' }, '/requested_date', /a calendar day/],
    ['a number beyond a double', { qty: Infinity }, '/qty', /got a number beyond/],
    ['money as a float', { unit_price: 12.34 }, '/unit_price', /decimal string .* got 12.34/],
    ['a currency that is none', { currency: 'RMB' }, '/currency', /ISO 4217/],
    ['a time before 2000', { event_time: '1999-12-31T23:59:59.999Z' }, '/event_time', /before 2000/],
    ['a time more than a day ahead', { event_time: '2026-11-25T12:00:00.001Z' }, '/event_time', /24 hours/],
    ['a time without an offset', { event_time: '2026-11-24T00:00:00' }, '/event_time', /RFC 3339/],
    ['a NUL in a text', { reason: 'a\0b' }, '/reason', /NUL/],
    ['half a surrogate pair in a text', { reason: 'a\ud800' }, '/reason', /surrogate/],
    ['half a surrogate pair in an id', { order_id: '\udc00' }, '/order_id', /surrogate/],
  ])('with %s has one violation, at the field', (_what, change, pointer, detail) => {
    const found = violations(order, { ...orderEvent, ...change });
    expect(found).toEqual([{ pointer, detail: expect.stringMatching(detail) as string }]);
  });

  it('without a field says which, and what it should be', () => {
    const rest = Object.fromEntries(Object.entries(orderEvent).filter(([field]) => field !== 'qty'));
    expect(violations(order, rest)).toEqual([
      {
        pointer: '/qty',
        detail: expect.stringMatching(/is missing: expected a number or decimal string/) as string,
      },
    ]);
  });

  it('with many wrong fields names each of them, up to a maximum', () => {
    expect(
      violations(order, { ...orderEvent, qty: 0, stage: '', channel: null }).map(({ pointer }) => pointer),
    ).toEqual(['/stage', '/qty', '/channel']);
    const crowd = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x${i}`, 1]));
    expect(violations(order, { ...orderEvent, ...crowd })).toHaveLength(VIOLATIONS_PER_EVENT_MAX);
  });

  it.each([null, 5, 'text', true, [], [orderEvent]])(
    'that is no object (%j) is one violation of the whole',
    (value) => {
      expect(violations(order, value)).toEqual([
        { pointer: '', detail: expect.stringMatching(/^expected an object, got /) as string },
      ]);
    },
  );

  it('cannot smuggle a prototype', () => {
    const parsed: unknown = JSON.parse(JSON.stringify(orderEvent).replace('{', '{"__proto__":{"qty":5},'));
    expect(violations(order, parsed)).toMatchObject([{ pointer: '/__proto__' }]);
  });

  it('does not echo a long field name or value in full', () => {
    const [byName] = violations(order, { ...orderEvent, ['n'.repeat(1_000_000)]: 1 });
    const [byValue] = violations(order, { ...orderEvent, stage: 'v'.repeat(1_000_000) });
    expect(byName?.pointer).toBe('');
    expect(byName?.detail.length).toBeLessThan(100);
    expect(byValue?.detail.length).toBeLessThan(300);
  });

  it('in a list or a nested object is pointed at where it is wrong', () => {
    const program = {
      event_id: 'p1',
      source: 'mdm',
      event_time: '2026-11-24T00:00:00Z',
      valid_from: '2026-01-01T00:00:00Z',
      program_id: 'P',
      basis: 'qty',
      period: 'month',
      retroactive: false,
      tiers: [
        { from: 0, rate_pct: 1 },
        { from: 10, rate_pct: 'much', note: 1 },
      ],
    };
    expect(violations(rebateProgram, program).map(({ pointer }) => pointer)).toEqual([
      '/tiers/1/rate_pct',
      '/tiers/1/note',
    ]);
    expect(violations(rebateProgram, { ...program, tiers: [] })).toMatchObject([
      { pointer: '/tiers', detail: 'expected a list of 1 to 100 items, got a list of 0' },
    ]);
  });

  it('in a geometry is explained by the kind of geometry that it says it is', () => {
    const polygon = { type: 'Polygon', coordinates: [square.with(1, [0, 'x' as never])] };
    expect(violations(territory, { ...territoryEvent, geometry: polygon })).toEqual([
      { pointer: '/geometry/coordinates/0/1/1', detail: 'expected a number, got "x"' },
    ]);
    expect(violations(territory, { ...territoryEvent, geometry: { type: 'Circle' } })).toMatchObject([
      { pointer: '/geometry' },
    ]);
  });

  it('by a relation between fields is pointed at the field that breaks it', () => {
    const consumer = {
      event_id: 's',
      source: 'app',
      event_time: '2026-11-24T00:00:00Z',
      dealer_id: '',
      code: 'c',
      level: 'unit',
      sku_id: 'S',
    };
    expect(violations(scan, { ...consumer, biz_step: 'consumer_scan' })).toEqual([]);
    expect(violations(scan, { ...consumer, biz_step: 'shipping' })).toMatchObject([
      { pointer: '/dealer_id' },
    ]);
  });

  it('with more bytes than Kafka takes is refused as a whole', () => {
    const corner = [0.125, 0.5];
    const ring = [corner, [0, 0], [0, 1], ...Array.from({ length: EVENT_BYTES_MAX / 8 }, () => corner)];
    expect(
      violations(territory, { ...territoryEvent, geometry: { type: 'Polygon', coordinates: [ring] } }),
    ).toMatchObject([{ pointer: '' }]);
  });
});
