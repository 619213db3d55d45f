import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { POSTED_TYPES } from '../models/contract/registry.ts';
import { CURRENCY_CODES } from '../models/contract/currency.ts';

/** As much of a field's JSON Schema as is read here. */
interface Field {
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly anyOf?: readonly Field[];
  readonly pattern?: string;
}

/** How the pattern of money begins that is not below nothing. */
const MONEY = '^[0-9]{1,12}';
/** Their columns hold nothing below the range anyway. */
const UNSIGNED = new Set(['tier', 'shelf_life_days']);
/** What the envelope's own constraint says already. */
const ENVELOPE = new Set(['event_id', 'source', 'event_time']);
const TEXT = readFileSync(join(import.meta.dirname, 'migrations/0313_ledger_constraints.sql'), 'utf8');

/** The checks of a ledger, by the name of the field that each is about. */
function checksOf(raw_table: string): Map<string, string> {
  const alter = TEXT.split(/;\n/).find((statement) =>
    statement.includes(`ALTER TABLE ${raw_table}{{local}}`),
  );
  const checks = alter?.split(/ADD CONSTRAINT IF NOT EXISTS /).slice(1) ?? [];
  return new Map(
    checks.map((check) => [check.slice(0, check.indexOf(' ')), check.slice(check.indexOf(' CHECK ') + 7)]),
  );
}

/** The schema of the value itself, where null may stand for it or it may be given as a number or as text. */
function formsOf(field: Field): readonly Field[] {
  return field.anyOf?.flatMap(formsOf) ?? [field];
}

describe('the ledgers hold what the contract says, past the edge too', () => {
  const fields = POSTED_TYPES.flatMap(({ type, raw_table, schema }) =>
    Object.entries(schema.properties as Record<string, Field>)
      .filter(([name]) => !ENVELOPE.has(name))
      .map(([name, field]) => ({
        type,
        name,
        check: checksOf(raw_table).get(name),
        forms: formsOf(field),
        is_required: schema.required.includes(name),
      })),
  );
  const listed = fields.filter(({ forms }) => forms.some((form) => form.enum !== undefined));

  it.each(listed)('$type.$name is one of its words', ({ check, forms }) => {
    const words = forms.flatMap((form) => form.enum ?? []);
    if (words.length === CURRENCY_CODES.length) expect(check).toContain("'^[A-Z]{3}$'");
    else expect([...(check ?? '').matchAll(/'([^']*)'/g)].map(([, word]) => word)).toEqual(words);
  });

  it.each(
    fields.filter(({ forms, is_required }) => is_required && forms.some((form) => (form.minLength ?? 0) > 0)),
  )('$type.$name is not left out', ({ name, check }) => {
    expect(check).toContain(`notEmpty(${name})`);
  });

  const ranged = fields.filter(
    ({ name, forms }) =>
      !UNSIGNED.has(name) &&
      forms.some((form) => form.minimum !== undefined || form.exclusiveMinimum !== undefined),
  );
  it.each(ranged)('$type.$name keeps its range', ({ check, forms }) => {
    const is_above = forms.some((form) => form.exclusiveMinimum !== undefined);
    expect(check).toMatch(is_above ? /> 0/ : />= \d|BETWEEN -?\d/);
  });

  it.each(fields.filter(({ forms }) => forms.some((form) => form.pattern?.startsWith(MONEY) === true)))(
    '$type.$name is no debt',
    ({ check }) => {
      expect(check).toContain('>= 0');
    },
  );
});
