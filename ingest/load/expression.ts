import { DateTime, IANAZone } from 'luxon';

/**
 * The small language of a mapping: how a field of an event is made from the columns of a row.
 *
 * | form | value |
 * |---|---|
 * | `"text"`, `1`, `true`, `null` | itself |
 * | `{"column": "C"}` | the cell, trimmed; "" when the cell is empty |
 * | `{"value": "n"}` | the named value of the mapping's `let` |
 * | `{"template": "GUEST-{C}"}` | text with cells or named values in braces |
 * | `{"first_of": [e, …]}` | the first that is not blank |
 * | `{"lookup": "table", "key": e, "otherwise": e}` | the entry of one of the mapping's `lookups` |
 * | `{"choose": [{"if": c, "then": e}, …], "otherwise": e}` | the first whose condition holds |
 * | `{"replace": e, "pattern": "regex", "with": "text"}` | every match replaced |
 * | `{"date": e, "format": "yyyy-MM-dd HH:mm:ss", "zone": "Europe/London"}` | RFC 3339 with the zone's offset at that time |
 * | `{"absolute": e}` | a decimal without its sign, exactly |
 * | `{"number": e}` | a JSON number |
 * | `{"sequence_within": [e, …]}` | 1, 2, 3 … in the order of the rows with equal values (only in `let`) |
 *
 * Conditions: `{"of": e, "is": "blank"|"decimal"|"positive"|"negative"|"zero"}`, `{"of": e, "equals": x}`, `{"of": e, "in": [x, …]}`,
 * `{"of": e, "starts_with": "C"}`, `{"of": e, "matches": "regex"}`, `{"not": c}`, `{"all": [c, …]}`, `{"any": [c, …]}`.
 */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What an expression yields for a row. */
export type Value = string | number | boolean | null;

/** A row that cannot be turned into a value: the reason, told in the reject file. */
export class Failure {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** One row and the named values worked out so far. */
export interface Scope {
  readonly row: Readonly<Record<string, string>>;
  readonly named: Readonly<Record<string, Value>>;
}

export interface Expression {
  readonly evaluate: (scope: Scope) => Value | Failure;
  /** The columns that it reads, the first being the one to name when it fails. */
  readonly columns: readonly string[];
}

export interface Condition {
  readonly holds: (scope: Scope) => boolean | Failure;
  readonly columns: readonly string[];
}

/** What expressions may refer to. */
export interface Names {
  readonly lookups: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  /** Named values defined before this expression, with the columns that they read. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly time_zone: string;
  /** Whether a running number may stand here. */
  readonly sequences: boolean;
}

/** A mapping that makes no sense: where (JSON Pointer) and why. */
export class MappingError extends Error {
  readonly pointer: string;
  constructor(pointer: string, detail: string) {
    super(`${pointer === '' ? '/' : pointer}: ${detail}`);
    this.name = 'MappingError';
    this.pointer = pointer;
  }
}

/** So many different keys may a running number have: beyond it memory would grow with the file. */
export const SEQUENCE_KEYS_MAX = 5_000_000;
/** Date texts remembered: the lines of an order share theirs. */
const DATE_CACHE_MAX = 10_000;

type Members = Readonly<Record<string, Json>>;
type Compile = (members: Members, at: string, names: Names) => Expression;

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

/** The forms, by the member that names them. A new form is one line here. */
const FORMS: Readonly<Record<string, { readonly members: readonly string[]; readonly compile: Compile }>> = {
  column: { members: [], compile: compileColumn },
  value: { members: [], compile: compileNamed },
  template: { members: [], compile: compileTemplate },
  first_of: { members: [], compile: compileFirstOf },
  lookup: { members: ['key', 'otherwise'], compile: compileLookup },
  choose: { members: ['otherwise'], compile: compileChoose },
  replace: { members: ['pattern', 'with'], compile: compileReplace },
  date: { members: ['format', 'zone'], compile: compileDate },
  absolute: { members: [], compile: compileAbsolute },
  number: { members: [], compile: compileNumber },
  sequence_within: { members: [], compile: compileSequence },
};

/**
 * Compiles one expression.
 * @throws MappingError with the pointer of what is wrong.
 */
export function compileExpression(json: Json, at: string, names: Names): Expression {
  if (json === null || typeof json !== 'object') return { evaluate: () => json, columns: [] };
  const members = asMembers(json, at);
  const form = Object.keys(members).find((name) => name in FORMS);
  if (form === undefined) throw new MappingError(at, `expected one of ${Object.keys(FORMS).join(', ')}`);
  const { members: allowed, compile } = FORMS[form] as (typeof FORMS)[string];
  onlyMembers(members, [form, ...allowed], at);
  return compile(members, at, names);
}

/**
 * Compiles one condition.
 * @throws MappingError with the pointer of what is wrong.
 */
export function compileCondition(json: Json, at: string, names: Names): Condition {
  const members = asMembers(json, at);
  if ('not' in members) return negated(compileCondition(member(members, 'not', at), `${at}/not`, names));
  if ('all' in members) return combined(members, 'all', at, names);
  if ('any' in members) return combined(members, 'any', at, names);
  const of = compileExpression(member(members, 'of', at), `${at}/of`, names);
  const test = compileTest(members, at);
  return {
    columns: of.columns,
    holds: (scope) => {
      const value = of.evaluate(scope);
      return value instanceof Failure ? value : test(value);
    },
  };
}

function compileColumn(members: Members, at: string): Expression {
  const name = textMember(members, 'column', at);
  // A column that the file lacks is told before the first row (see `columns`), so here the cell exists.
  return { evaluate: ({ row }) => (row[name] ?? '').trim(), columns: [name] };
}

function compileNamed(members: Members, at: string, names: Names): Expression {
  const name = textMember(members, 'value', at);
  const columns = names.values[name];
  if (!columns)
    throw new MappingError(`${at}/value`, `no value ${JSON.stringify(name)} is defined before this in let`);
  return { evaluate: ({ named }) => named[name] ?? null, columns };
}

function compileTemplate(members: Members, at: string, names: Names): Expression {
  const parts = textMember(members, 'template', at)
    .split(/(\{[^{}]+\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!part.startsWith('{')) return compileExpression(part, at, names);
      const name = part.slice(1, -1);
      return compileExpression(name in names.values ? { value: name } : { column: name }, at, names);
    });
  return over(parts, (values) => values.map(asText).join(''));
}

function compileFirstOf(members: Members, at: string, names: Names): Expression {
  const choices = compileList(members, 'first_of', at, names);
  return over(choices, (values) => values.find((value) => !isBlank(value)) ?? null);
}

function compileLookup(members: Members, at: string, names: Names): Expression {
  const name = textMember(members, 'lookup', at);
  const table = names.lookups[name];
  if (!table) throw new MappingError(`${at}/lookup`, `no table ${JSON.stringify(name)} in lookups`);
  const key = compileExpression(member(members, 'key', at), `${at}/key`, names);
  const entries = new Map(Object.entries(table));
  if (!('otherwise' in members)) {
    return over(
      [key],
      ([value]) => entries.get(asText(value)) ?? new Failure(`${asText(value)} is not in ${name}`),
    );
  }
  const otherwise = compileExpression(member(members, 'otherwise', at), `${at}/otherwise`, names);
  return over([key, otherwise], ([value, fallback = null]) => entries.get(asText(value)) ?? fallback);
}

function compileChoose(members: Members, at: string, names: Names): Expression {
  const branches = listMember(members, 'choose', at).map((json, i) => {
    const place = `${at}/choose/${i}`;
    const branch = asMembers(json, place);
    onlyMembers(branch, ['if', 'then'], place);
    return {
      condition: compileCondition(member(branch, 'if', place), `${place}/if`, names),
      then: compileExpression(member(branch, 'then', place), `${place}/then`, names),
    };
  });
  const otherwise = compileExpression(member(members, 'otherwise', at), `${at}/otherwise`, names);
  return {
    columns: [
      ...branches.flatMap(({ condition, then }) => [...condition.columns, ...then.columns]),
      ...otherwise.columns,
    ],
    evaluate: (scope) => {
      for (const { condition, then } of branches) {
        const holds = condition.holds(scope);
        if (holds instanceof Failure) return holds;
        if (holds) return then.evaluate(scope);
      }
      return otherwise.evaluate(scope);
    },
  };
}

function compileReplace(members: Members, at: string, names: Names): Expression {
  const input = compileExpression(member(members, 'replace', at), `${at}/replace`, names);
  const pattern = regex(textMember(members, 'pattern', at), `${at}/pattern`, 'gu');
  const replacement = textMember(members, 'with', at);
  return over([input], ([value]) => asText(value).replace(pattern, replacement));
}

function compileDate(members: Members, at: string, names: Names): Expression {
  const input = compileExpression(member(members, 'date', at), `${at}/date`, names);
  const format = textMember(members, 'format', at);
  const zone = 'zone' in members ? textMember(members, 'zone', at) : names.time_zone;
  if (!IANAZone.isValidZone(zone)) throw new MappingError(`${at}/zone`, `${zone} is not an IANA time zone`);
  const cache = new Map<string, string>();
  return over([input], ([value]) => {
    const text = asText(value);
    const known = cache.get(text);
    if (known !== undefined) return known;
    const parsed =
      format === 'ISO' ? DateTime.fromISO(text, { zone }) : DateTime.fromFormat(text, format, { zone });
    const instant = parsed.isValid ? parsed.toISO() : null;
    if (instant === null) return new Failure(`${JSON.stringify(text)} is not a date of the form ${format}`);
    if (cache.size >= DATE_CACHE_MAX) cache.clear();
    cache.set(text, instant);
    return instant;
  });
}

function compileAbsolute(members: Members, at: string, names: Names): Expression {
  const input = compileExpression(member(members, 'absolute', at), `${at}/absolute`, names);
  return over([input], ([value]) => {
    const text = asText(value);
    return DECIMAL.test(text)
      ? text.replace(/^[+-]/, '')
      : new Failure(`${JSON.stringify(text)} is not a decimal`);
  });
}

function compileNumber(members: Members, at: string, names: Names): Expression {
  const input = compileExpression(member(members, 'number', at), `${at}/number`, names);
  return over([input], ([value]) => {
    const text = asText(value);
    return DECIMAL.test(text) ? Number(text) : new Failure(`${JSON.stringify(text)} is not a number`);
  });
}

function compileSequence(members: Members, at: string, names: Names): Expression {
  if (!names.sequences) throw new MappingError(at, 'sequence_within may stand only directly in let');
  const keys = compileList(members, 'sequence_within', at, { ...names, sequences: false });
  const counts = new Map<string, number>();
  return over(keys, (values) => {
    const key = values.map(asText).join('\u0000');
    const next = (counts.get(key) ?? 0) + 1;
    if (next === 1 && counts.size >= SEQUENCE_KEYS_MAX) {
      return new Failure(`more than ${SEQUENCE_KEYS_MAX} different keys of a running number`);
    }
    counts.set(key, next);
    return next;
  });
}

/** An expression over the values of others: a failure of one is the failure of all. */
function over(inputs: readonly Expression[], combine: (values: Value[]) => Value | Failure): Expression {
  return {
    columns: inputs.flatMap((input) => input.columns),
    evaluate: (scope) => {
      const values: Value[] = [];
      for (const input of inputs) {
        const value = input.evaluate(scope);
        if (value instanceof Failure) return value;
        values.push(value);
      }
      return combine(values);
    },
  };
}

function compileTest(members: Members, at: string): (value: Value) => boolean {
  onlyMembers(members, ['of', 'is', 'equals', 'in', 'starts_with', 'matches'], at);
  if ('is' in members) return compileIs(textMember(members, 'is', at), `${at}/is`);
  if ('equals' in members) {
    const expected = asText(member(members, 'equals', at) as Value);
    return (value) => asText(value) === expected;
  }
  if ('in' in members) {
    const expected = new Set(listMember(members, 'in', at).map((one) => asText(one as Value)));
    return (value) => expected.has(asText(value));
  }
  if ('starts_with' in members) {
    const prefix = textMember(members, 'starts_with', at);
    return (value) => asText(value).startsWith(prefix);
  }
  const pattern = regex(textMember(members, 'matches', at), `${at}/matches`, 'u');
  return (value) => pattern.test(asText(value));
}

function compileIs(kind: string, at: string): (value: Value) => boolean {
  switch (kind) {
    case 'blank':
      return isBlank;
    case 'decimal':
      return (value) => DECIMAL.test(asText(value));
    case 'positive':
      return (value) => signOf(value) === 1;
    case 'negative':
      return (value) => signOf(value) === -1;
    case 'zero':
      return (value) => signOf(value) === 0;
    default:
      throw new MappingError(at, 'expected blank, decimal, positive, negative or zero');
  }
}

/** The sign of a decimal, read off its digits; undefined when it is none. */
function signOf(value: Value | undefined): -1 | 0 | 1 | undefined {
  const text = asText(value);
  if (!DECIMAL.test(text)) return undefined;
  if (!/[1-9]/.test(text)) return 0;
  return text.startsWith('-') ? -1 : 1;
}

function negated(condition: Condition): Condition {
  return {
    columns: condition.columns,
    holds: (scope) => {
      const holds = condition.holds(scope);
      return holds instanceof Failure ? holds : !holds;
    },
  };
}

function combined(members: Members, how: 'all' | 'any', at: string, names: Names): Condition {
  const parts = listMember(members, how, at).map((json, i) =>
    compileCondition(json, `${at}/${how}/${i}`, names),
  );
  return {
    columns: parts.flatMap((part) => part.columns),
    holds: (scope) => {
      for (const part of parts) {
        const holds = part.holds(scope);
        if (holds instanceof Failure) return holds;
        if (holds === (how === 'any')) return holds;
      }
      return how === 'all';
    },
  };
}

function compileList(members: Members, name: string, at: string, names: Names): Expression[] {
  return listMember(members, name, at).map((json, i) => compileExpression(json, `${at}/${name}/${i}`, names));
}

function isBlank(value: Value): boolean {
  return value === null || value === '';
}

function asText(value: Value | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

function regex(source: string, at: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new MappingError(at, error instanceof Error ? error.message : String(error));
  }
}

/** The members of a JSON object. */
export function asMembers(json: Json | undefined, at: string): Members {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    throw new MappingError(at, 'expected an object');
  }
  return json as Members;
}

/** Refuses members that have no meaning: a misspelt one would otherwise be ignored. */
export function onlyMembers(members: Members, allowed: readonly string[], at: string): void {
  const unknown = Object.keys(members).find((name) => !allowed.includes(name));
  if (unknown !== undefined)
    throw new MappingError(`${at}/${unknown}`, `unknown; expected ${allowed.join(', ')}`);
}

/** A member that must be there. */
export function member(members: Members, name: string, at: string): Json {
  const value = members[name];
  if (value === undefined) throw new MappingError(at, `${name} is missing`);
  return value;
}

/** A member that must be text. */
export function textMember(members: Members, name: string, at: string): string {
  const value = member(members, name, at);
  if (typeof value !== 'string') throw new MappingError(`${at}/${name}`, 'expected text');
  return value;
}

/** A member that must be a list. */
export function listMember(members: Members, name: string, at: string): readonly Json[] {
  const value = member(members, name, at);
  if (!Array.isArray(value)) throw new MappingError(`${at}/${name}`, 'expected a list');
  return value as readonly Json[];
}
