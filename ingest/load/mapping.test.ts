import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MappingError, type Json } from './mapping-json.ts';
import { compileMapping } from './mapping.ts';

const onlineRetail = JSON.parse(
  readFileSync(new URL('./mappings/online-retail.json', import.meta.url), 'utf8'),
) as Json;

const sold = {
  InvoiceNo: '536365',
  StockCode: '85123A',
  Description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  Quantity: '6.0',
  InvoiceDate: '2010-12-01 08:26:00',
  UnitPrice: '2.55',
  CustomerID: '17850.0',
  Country: 'United Kingdom',
};

/** Maps rows in order, as a load would, and gives the events of each. */
function mapAll(rows: readonly Record<string, string>[]) {
  const mapping = compileMapping(onlineRetail);
  return rows.map((row) => {
    const mapped = mapping.map(row);
    if ('rejection' in mapped) return mapped;
    mapping.accept(mapped.events);
    return {
      events: mapped.events.map(({ type, event }): Record<string, unknown> => ({
        type: type.type,
        ...event,
      })),
    };
  });
}

function ordersOf(rows: readonly Record<string, string>[]) {
  return mapAll(rows).flatMap((mapped) =>
    'rejection' in mapped ? [] : mapped.events.filter((event) => event['type'] === 'order'),
  );
}

describe('the mapping of the online-retail lines', () => {
  it('makes a sold line a placed order, with its dealer and product the first time', () => {
    expect(mapAll([sold, sold])).toMatchObject([
      {
        events: [
          {
            type: 'dealer',
            dealer_id: '17850',
            name: 'Customer 17850',
            territory_id: 'United Kingdom',
            tier: 1,
          },
          { type: 'product', sku_id: '85123A', category: 'giftware' },
          {
            type: 'order',
            event_id: '536365-1',
            event_time: '2010-12-01T08:26:00.000+00:00',
            order_id: '536365',
            line_no: 1,
            stage: 'placed',
            qty: 6,
            unit_price: '2.55',
            currency: 'GBP',
          },
        ],
      },
      { events: [{ type: 'order', event_id: '536365-2', line_no: 2 }] },
    ]);
  });

  it('gives summer times their summer offset', () => {
    expect(ordersOf([{ ...sold, InvoiceDate: '2011-07-01 12:00:00' }])[0]?.['event_time']).toBe(
      '2011-07-01T12:00:00.000+01:00',
    );
  });

  it('makes cancelled and negative lines returned, their quantity positive', () => {
    const orders = ordersOf([
      { ...sold, InvoiceNo: 'C536379', Quantity: '-1.0' },
      { ...sold, InvoiceNo: '536589', Quantity: '-10.0' },
    ]);
    expect(orders).toMatchObject([
      { stage: 'returned', qty: 1 },
      { stage: 'returned', qty: 10 },
    ]);
  });

  it('makes a missing customer the guest dealer of its country', () => {
    expect(mapAll([{ ...sold, CustomerID: '', Country: 'EIRE' }])).toMatchObject([
      {
        events: [{ type: 'dealer', dealer_id: 'GUEST-EIRE' }, {}, { type: 'order', dealer_id: 'GUEST-EIRE' }],
      },
    ]);
  });

  it('sends a new version of a dealer when its country changes, and again when it changes back', () => {
    const countries = ['Australia', 'Australia', 'Belgium', 'Australia'];
    const versions = mapAll(countries.map((Country) => ({ ...sold, Country }))).map((mapped) =>
      'events' in mapped ? mapped.events.filter((event) => event['type'] === 'dealer').length : -1,
    );
    expect(versions).toEqual([1, 0, 1, 1]);
  });

  it('keeps service codes, marked by their category', () => {
    expect(mapAll([{ ...sold, StockCode: 'POST', Description: 'POSTAGE' }])).toMatchObject([
      {
        events: [
          {},
          { type: 'product', sku_id: 'POST', category: 'service: postage' },
          { type: 'order', sku_id: 'POST' },
        ],
      },
    ]);
  });

  it.each([
    ['0.0', '6.0', 'UnitPrice', 'price is zero'],
    ['-11062.06', '1.0', 'UnitPrice', 'price is not positive'],
    ['2.55', '0.0', 'Quantity', 'quantity is zero or no number'],
    ['2.55', 'six', 'Quantity', 'quantity is zero or no number'],
  ])('rejects price %s with quantity %s for %s', (UnitPrice, Quantity, column, reason) => {
    expect(mapAll([{ ...sold, UnitPrice, Quantity }])).toEqual([{ rejection: { column, reason } }]);
  });

  it('counts a rejected line in its invoice, so that places do not depend on rejections', () => {
    const orders = ordersOf([sold, { ...sold, UnitPrice: '0' }, sold]);
    expect(orders).toMatchObject([{ line_no: 1 }, { line_no: 3 }]);
  });

  it('names the column of a date that cannot be read', () => {
    expect(mapAll([{ ...sold, InvoiceDate: '01/12/2010' }])).toMatchObject([
      {
        rejection: {
          column: 'InvoiceDate',
          reason: '"01/12/2010" is not a date of the form yyyy-MM-dd HH:mm:ss',
        },
      },
    ]);
  });
});

describe('a mapping that makes no sense', () => {
  const base = { source: 's', emit: [{ type: 'order', fields: {} }] };
  it.each<[string, Json, string]>([
    ['an unknown member', { ...base, emits: [] }, '/emits'],
    ['an unknown type', { ...base, emit: [{ type: 'invoice', fields: {} }] }, '/emit/0/type'],
    ['a type of our own', { ...base, emit: [{ type: 'case_transition', fields: {} }] }, '/emit/0/type'],
    [
      'an unknown field',
      { ...base, emit: [{ type: 'order', fields: { colour: 'red' } }] },
      '/emit/0/fields/colour',
    ],
    ['an unknown form', { ...base, let: { a: { cell: 'A' } } }, '/let/a'],
    ['a value before its definition', { ...base, let: { a: { value: 'b' }, b: 1 } }, '/let/a/value'],
    ['an unknown table', { ...base, let: { a: { lookup: 't', key: 'k' } } }, '/let/a/lookup'],
    ['a wrong pattern', { ...base, let: { a: { replace: 'x', pattern: '(', with: '' } } }, '/let/a/pattern'],
    [
      'a wrong zone',
      { ...base, let: { a: { date: 'x', format: 'ISO', zone: 'Mars/Olympus' } } },
      '/let/a/zone',
    ],
    [
      'a wrong test',
      { ...base, reject: [{ when: { of: 'x', is: 'odd' }, reason: 'r' }] },
      '/reject/0/when/is',
    ],
    [
      'a running number outside let',
      { ...base, emit: [{ type: 'order', fields: { line_no: { sequence_within: [] } } }] },
      '/emit/0/fields/line_no',
    ],
    ['an unknown encoding', { ...base, encoding: 'klingon' }, '/encoding'],
  ])('is refused for %s, with its place', (_what, json, pointer) => {
    expect(() => compileMapping(json)).toThrow(MappingError);
    try {
      compileMapping(json);
    } catch (error) {
      expect((error as MappingError).pointer).toBe(pointer);
    }
  });
});
