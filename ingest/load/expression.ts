import { DateTime, IANAZone } from 'luxon';
import { compileCondition } from './condition.ts';
import {
  MappingError,
  asMembers,
  listMember,
  member,
  onlyMembers,
  regex,
  textMember,
  type Json,
  type Members,
} from './mapping-json.ts';
import { DECIMAL, Failure, asText, isBlank, type Value } from './value.ts';

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

/** What expressions may refer to. */
export interface Names {
  readonly lookups: Readonly<Record<string, Readonly<Record<string, Value>>>>;
  /** Named values defined before this expression, with the columns that they read. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly time_zone: string;
  /** Whether a running number may stand here. */
  readonly sequences: boolean;
}

/** So many different keys may a running number have: beyond it memory would grow with the file. */
const SEQUENCE_KEYS_MAX = 5_000_000;
/** Date texts remembered: the lines of an order share theirs. */
const DATE_CACHE_MAX = 10_000;

type Compile = (members: Members, at: string, names: Names) => Expression;

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

function compileList(members: Members, name: string, at: string, names: Names): Expression[] {
  return listMember(members, name, at).map((json, i) => compileExpression(json, `${at}/${name}/${i}`, names));
}
