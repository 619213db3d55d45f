import type { TSchema } from 'typebox';
import { Check } from 'typebox/value';
import type { Violation } from './event-type.ts';

/** So many violations of one event are told at most; whoever posted it will fix these first. */
export const VIOLATIONS_PER_EVENT_MAX = 20;

/** A value is shown up to so many characters. */
const SHOWN_CHARS_MAX = 60;
/** No field of the contract has so long a name; to one that has no pointer is given: an answer stays small. */
const NAME_CHARS_MAX = 256;

/** The keywords that the contract's schemas use. */
interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly 'x-expected'?: string;
}

/**
 * Why a value does not match its schema: for each field that is wrong, one violation at the most specific pointer
 * (RFC 6901) that says what was expected there. Empty when it matches. Costs some microseconds a field, so it is asked
 * only about events that a compiled check has refused.
 */
export function findViolations(schema: TSchema, value: unknown): Violation[] {
  const found: Violation[] = [];
  explain(schema, value, '', found);
  return found.slice(0, VIOLATIONS_PER_EVENT_MAX);
}

function explain(schema: Schema, value: unknown, pointer: string, found: Violation[]): void {
  if (found.length >= VIOLATIONS_PER_EVENT_MAX || matches(schema, value)) return;
  const branch = schema.anyOf ? likelyBranch(schema.anyOf, value) : schema;
  if (branch?.properties && isObject(value)) {
    explainObject(branch, branch.properties, value, pointer, found);
  } else if (branch?.items && isList(value) && hasAllowedLength(branch, value.length)) {
    for (const [i, item] of value.entries()) explain(branch.items, item, `${pointer}/${i}`, found);
    if (branch.uniqueItems === true) explainRepeated(value, pointer, found);
  } else {
    found.push({ pointer, detail: `expected ${expectation(schema)}, got ${show(value)}` });
  }
}

/** Items are told apart by their JSON. */
function explainRepeated(list: readonly unknown[], pointer: string, found: Violation[]): void {
  const seen = new Set<string>();
  for (const [i, item] of list.entries()) {
    const json = JSON.stringify(item);
    if (seen.has(json)) found.push({ pointer: `${pointer}/${i}`, detail: 'is in the list already' });
    seen.add(json);
  }
}

/** Without the type guard, which would narrow what does not match to nothing. */
function matches(schema: Schema, value: unknown): boolean {
  return Check(schema as TSchema, value);
}

function explainObject(
  schema: Schema,
  properties: Readonly<Record<string, Schema>>,
  value: Readonly<Record<string, unknown>>,
  pointer: string,
  found: Violation[],
): void {
  for (const field of schema.required ?? []) {
    if (!Object.hasOwn(value, field)) {
      const expected = expectation(properties[field] ?? {});
      found.push({
        pointer: `${pointer}/${escapePointer(field)}`,
        detail: `is missing: expected ${expected}`,
      });
    }
  }
  for (const field of Object.keys(value)) {
    const at = `${pointer}/${escapePointer(field)}`;
    const isKnown = schema.additionalProperties !== false || Object.hasOwn(properties, field);
    if (!isKnown && field.length > NAME_CHARS_MAX) {
      found.push({ pointer, detail: `has an unknown field with a name of ${field.length} characters` });
    } else if (!isKnown) found.push({ pointer: at, detail: 'is an unknown field' });
    else explain(properties[field] ?? {}, value[field], at, found);
    if (found.length >= VIOLATIONS_PER_EVENT_MAX) return;
  }
}

/** The branch that the sender most likely meant: the one object or list that the value can be, by its kind and its tags. */
function likelyBranch(branches: readonly Schema[], value: unknown): Schema | undefined {
  const structured = flatten(branches).filter((branch) =>
    Array.isArray(value)
      ? branch.items !== undefined
      : branch.properties !== undefined && matchesTags(branch, value),
  );
  return structured.length === 1 ? structured[0] : undefined;
}

/** A field that may be null is a union around its own, which may be a union too. */
function flatten(branches: readonly Schema[]): Schema[] {
  return branches.flatMap((branch) => (branch.anyOf ? flatten(branch.anyOf) : [branch]));
}

/** Whether the fields with a constant (`type` of a geometry) hold it. */
function matchesTags(branch: Schema, value: unknown): boolean {
  return Object.entries(branch.properties ?? {}).every(
    ([field, { const: tag }]) => tag === undefined || (isObject(value) && value[field] === tag),
  );
}

function hasAllowedLength({ minItems = 0, maxItems = Infinity }: Schema, length: number): boolean {
  return length >= minItems && length <= maxItems;
}

/** What a schema wants, in words. */
function expectation(schema: Schema): string {
  if (schema['x-expected'] !== undefined) return schema['x-expected'];
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map(expectation).join(' or ');
  const { minimum, maximum, minItems, maxItems, maxLength } = schema;
  switch (schema.type) {
    case 'string':
      return maxLength === undefined ? 'a string' : `a string of at most ${maxLength} characters`;
    case 'integer':
      return `an integer${range(minimum, maximum)}`;
    case 'number':
      return `a number${range(minimum, maximum)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list${minItems === undefined && maxItems === undefined ? '' : ` of ${minItems ?? 0} to ${maxItems ?? 'any number of'} items`}`;
    case 'object':
      return objectExpectation(schema.properties);
    default:
      return schema.type ?? 'another value';
  }
}

/** An object is told by the field with a constant, where it has one. */
function objectExpectation(properties: Schema['properties'] = {}): string {
  const tag = Object.entries(properties).find(([, { const: constant }]) => constant !== undefined);
  if (tag === undefined) return 'an object';
  const [name, schema] = tag;
  return name === 'type'
    ? `an object of type ${expectation(schema)}`
    : `an object whose ${name} is ${expectation(schema)}`;
}

function range(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum === undefined && maximum === undefined) return '';
  if (maximum === undefined) return ` ≥ ${minimum ?? ''}`;
  return ` from ${minimum ?? '-∞'} to ${maximum}`;
}

function show(value: unknown): string {
  if (isList(value)) return `a list of ${value.length}`;
  if (isObject(value)) return 'an object';
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number beyond the range of a double';
  return cut(JSON.stringify(typeof value === 'string' ? cut(value) : (value ?? null)));
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARS_MAX ? text : `${text.slice(0, SHOWN_CHARS_MAX)}…`;
}

function escapePointer(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
