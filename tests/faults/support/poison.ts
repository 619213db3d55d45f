import { eventOf } from './events.ts';

/** A scan that cannot be stored, and why, in the word of its dead letter. */
export interface Poison {
  readonly what: string;
  readonly value: Buffer | string | null;
  readonly reason: string;
  /** The field that the dead letter names, where it is about one. */
  readonly field?: string;
}

const sound = (i: number): string => JSON.stringify(eventOf('scan', i));
const changed = (i: number, fields: Record<string, unknown>): string =>
  JSON.stringify({ ...eventOf('scan', i), ...fields });

/** Poison of each kind. */
export const POISON: readonly Poison[] = [
  { what: 'no value', value: null, reason: 'empty' },
  { what: 'an empty value', value: '', reason: 'empty' },
  { what: 'white space', value: ' \n ', reason: 'not_an_object' },
  { what: 'an array', value: `[${sound(1)}]`, reason: 'not_an_object' },
  { what: 'a number', value: '42', reason: 'not_an_object' },
  { what: 'an object without fields', value: ' { } ', reason: 'empty_object' },
  { what: 'a cut object', value: sound(1).slice(0, -20), reason: 'not_an_object' },
  { what: 'an object cut inside a string', value: `${sound(1).slice(0, 16)}}`, reason: 'unparsable' },
  { what: 'two objects, one a line', value: `${sound(1)}\n${sound(2)}`, reason: 'constraint' },
  { what: 'two objects side by side', value: `${sound(1)}${sound(2)}`, reason: 'constraint' },
  { what: 'an unknown field', value: changed(1, { colour: 'red' }), reason: 'wrong_fields' },
  { what: 'a field of the ledger', value: changed(1, { _offset: 7 }), reason: 'wrong_fields' },
  { what: 'a word for a number', value: changed(1, { lat: 'north' }), reason: 'unparsable' },
  { what: 'an impossible instant', value: changed(1, { event_time: 'yesterday' }), reason: 'wrong_type' },
  {
    what: 'an instant before the limit',
    value: changed(1, { event_time: '1999-12-31T00:00:00Z' }),
    reason: 'constraint',
  },
  { what: 'an empty id', value: changed(1, { event_id: '' }), reason: 'constraint' },
  {
    what: 'a word that is none of the contract',
    value: changed(1, { biz_step: 'teleporting' }),
    reason: 'constraint',
    field: 'biz_step',
  },
  { what: 'no code', value: changed(1, { code: undefined }), reason: 'constraint', field: 'code' },
  { what: 'no dealer', value: changed(1, { dealer_id: '' }), reason: 'constraint', field: 'dealer_id' },
  { what: 'a place beyond the pole', value: changed(1, { lat: 91 }), reason: 'constraint', field: 'lat' },
  { what: 'half a place', value: changed(1, { lon: null }), reason: 'constraint', field: 'lon' },
  {
    what: 'bytes that are not UTF-8',
    value: Buffer.from(sound(1).replace('scan-1', 'scan-\u00ff'), 'latin1'),
    reason: 'invalid_utf8',
  },
  { what: '5 MB', value: changed(1, { photo_ref: 'x'.repeat(5_000_000) }), reason: 'too_large' },
];
