import { eventTypeByName } from '../../models/contract/registry.ts';
import type { EventType } from '../../models/contract/event-type.ts';

import { compileCondition, type Condition } from './condition.ts';
import { compileExpression, type Expression, type Names, type Scope } from './expression.ts';
import {
  MappingError,
  asMembers,
  listMember,
  member,
  onlyMembers,
  textMember,
  type Json,
} from './mapping-json.ts';
import { Failure, type Value } from './value.ts';

/** An event made from a row, not yet validated. */
export interface MappedEvent {
  readonly type: EventType;
  readonly event: Readonly<Record<string, Value>>;
  /** The column behind a field, to name it when the field is refused. */
  readonly columnOf: (field: string) => string;
}

/** Why a row was not taken, and the column to look at ("" when it is none of them). */
export interface Rejection {
  readonly column: string;
  readonly reason: string;
}

export type Mapped = { readonly events: readonly MappedEvent[] } | { readonly rejection: Rejection };

/** A compiled mapping. It carries state (running numbers, versions sent), so one serves one file, read in order. */
export interface Mapping {
  readonly delimiter: string;
  /** Label of the file's encoding, e.g. utf-8 or gb18030. */
  readonly encoding: string;
  /** Every column that it reads: the file must have them all. */
  readonly columns: readonly string[];
  /** Turns one row into its events, or says why not. */
  readonly map: (row: Readonly<Record<string, string>>) => Mapped;
  /** Says that the row's events were taken, so that an unchanged version is not sent again. */
  readonly accept: (events: readonly MappedEvent[]) => void;
}

/** So many subjects may `on_change` remember. */
const SUBJECTS_MAX = 5_000_000;

interface Emission {
  readonly type: EventType;
  readonly when: Condition | undefined;
  readonly onChange: { readonly subject: Expression; readonly of: readonly Expression[] } | undefined;
  readonly fields: ReadonlyMap<string, Expression>;
  readonly columnOf: (field: string) => string;
  readonly sent: Map<string, string>;
}

interface MappedWithVersion extends MappedEvent {
  readonly remember: (() => void) | undefined;
}

const MEMBERS = [
  'description',
  'delimiter',
  'encoding',
  'source',
  'time_zone',
  'lookups',
  'let',
  'reject',
  'emit',
];

/**
 * Compiles a mapping: `{source, time_zone, lookups, let, reject, emit}`. Rows matching a `reject` rule are refused with
 * its reason; of the others each `emit` makes one event, of a reference type only when the listed values have changed.
 * @throws MappingError with the JSON Pointer of what is wrong.
 */
export function compileMapping(json: Json): Mapping {
  const members = asMembers(json, '');
  onlyMembers(members, MEMBERS, '');
  const source = textMember(members, 'source', '');
  const time_zone = 'time_zone' in members ? textMember(members, 'time_zone', '') : 'UTC';
  const lookups = readLookups(members['lookups'] ?? {});
  const { steps, names } = compileLet(members['let'] ?? {}, {
    lookups,
    values: {},
    time_zone,
    sequences: true,
  });
  const rules = listMember({ reject: [], ...members }, 'reject', '').map((rule, i) =>
    compileReject(rule, `/reject/${i}`, names),
  );
  const emissions = listMember(members, 'emit', '').map((one, i) =>
    compileEmission(one, `/emit/${i}`, names, source),
  );

  const columns = new Set([
    ...steps.flatMap((step) => step.expression.columns),
    ...rules.flatMap((rule) => [rule.column, ...rule.condition.columns]),
    ...emissions.flatMap(columnsOfEmission),
  ]);
  columns.delete('');

  return {
    delimiter: 'delimiter' in members ? textMember(members, 'delimiter', '') : ',',
    encoding: 'encoding' in members ? encoding(textMember(members, 'encoding', '')) : 'utf-8',
    columns: [...columns],
    map: (row) => {
      const named: Record<string, Value> = {};
      const scope: Scope = { row, named };
      for (const { name, expression } of steps) {
        const value = expression.evaluate(scope);
        if (value instanceof Failure) return rejected(expression.columns, value);
        named[name] = value;
      }
      for (const { condition, column, reason } of rules) {
        const holds = condition.holds(scope);
        if (holds instanceof Failure) return rejected(condition.columns, holds);
        if (holds) return { rejection: { column, reason } };
      }
      return emitAll(emissions, scope);
    },
    accept: (events) => {
      for (const event of events as readonly MappedWithVersion[]) event.remember?.();
    },
  };
}

function columnsOfEmission({ fields, onChange, when }: Emission): readonly string[] {
  const expressions = [...fields.values(), ...(onChange ? [onChange.subject, ...onChange.of] : [])];
  return [...(when?.columns ?? []), ...expressions.flatMap((expression) => expression.columns)];
}

function encoding(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new MappingError('/encoding', `${label} is no encoding known here`);
  }
}

function emitAll(emissions: readonly Emission[], scope: Scope): Mapped {
  const events: MappedWithVersion[] = [];
  for (const emission of emissions) {
    const emitted = emit(emission, scope);
    if (emitted === undefined) continue;
    if ('rejection' in emitted) return emitted;
    events.push(emitted);
  }
  return { events };
}

function emit(
  emission: Emission,
  scope: Scope,
): MappedWithVersion | { readonly rejection: Rejection } | undefined {
  if (emission.when) {
    const holds = emission.when.holds(scope);
    if (holds instanceof Failure) return rejected(emission.when.columns, holds);
    if (!holds) return undefined;
  }
  let remember: (() => void) | undefined;
  if (emission.onChange) {
    const { subject, of } = emission.onChange;
    const key = String(valueOrNull(subject.evaluate(scope)));
    const version = JSON.stringify(of.map((expression) => valueOrNull(expression.evaluate(scope))));
    if (emission.sent.get(key) === version) return undefined;
    if (emission.sent.size >= SUBJECTS_MAX && !emission.sent.has(key)) {
      return {
        rejection: {
          column: '',
          reason: `more than ${SUBJECTS_MAX} different subjects of ${emission.type.type}`,
        },
      };
    }
    remember = () => emission.sent.set(key, version);
  }
  const event: Record<string, Value> = {};
  for (const [field, expression] of emission.fields) {
    const value = expression.evaluate(scope);
    if (value instanceof Failure) return rejected(expression.columns, value);
    // A blank cell is a field left out.
    if (value !== null && value !== '') event[field] = value;
    else if (value === '' && expression.columns.length === 0) event[field] = value;
  }
  return { type: emission.type, event, columnOf: emission.columnOf, remember };
}

function valueOrNull(value: Value | Failure): Value {
  return value instanceof Failure ? null : value;
}

function rejected(columns: readonly string[], failure: Failure): { readonly rejection: Rejection } {
  return { rejection: { column: columns[0] ?? '', reason: failure.reason } };
}

function readLookups(json: Json): Names['lookups'] {
  const tables = asMembers(json, '/lookups');
  return Object.fromEntries(
    Object.entries(tables).map(([name, table]) => {
      const entries = asMembers(table, `/lookups/${name}`);
      for (const [key, value] of Object.entries(entries)) {
        if (typeof value === 'object' && value !== null) {
          throw new MappingError(`/lookups/${name}/${key}`, 'expected a plain value');
        }
      }
      return [name, entries as Readonly<Record<string, Value>>];
    }),
  );
}

function compileLet(
  json: Json,
  names: Names,
): { steps: { name: string; expression: Expression }[]; names: Names } {
  const steps: { name: string; expression: Expression }[] = [];
  let known = names;
  for (const [name, definition] of Object.entries(asMembers(json, '/let'))) {
    const expression = compileExpression(definition, `/let/${name}`, known);
    steps.push({ name, expression });
    known = { ...known, values: { ...known.values, [name]: expression.columns } };
  }
  return { steps, names: { ...known, sequences: false } };
}

function compileReject(json: Json, at: string, names: Names) {
  const members = asMembers(json, at);
  onlyMembers(members, ['when', 'reason', 'column'], at);
  const condition = compileCondition(member(members, 'when', at), `${at}/when`, names);
  return {
    condition,
    reason: textMember(members, 'reason', at),
    column: 'column' in members ? textMember(members, 'column', at) : (condition.columns[0] ?? ''),
  };
}

function compileEmission(json: Json, at: string, names: Names, source: string): Emission {
  const members = asMembers(json, at);
  onlyMembers(members, ['type', 'when', 'on_change', 'fields'], at);
  const name = textMember(members, 'type', at);
  const type = eventTypeByName(name);
  if (!type || type.kind === 'internal')
    throw new MappingError(`${at}/type`, `no event type ${JSON.stringify(name)}`);
  const given = asMembers(member(members, 'fields', at), `${at}/fields`);
  const known = Object.keys(type.schema.properties);
  onlyMembers(given, known, `${at}/fields`);
  const fields = new Map<string, Expression>([['source', compileExpression(source, at, names)]]);
  for (const [field, definition] of Object.entries(given)) {
    fields.set(field, compileExpression(definition, `${at}/fields/${field}`, names));
  }
  return {
    type,
    when: 'when' in members ? compileCondition(member(members, 'when', at), `${at}/when`, names) : undefined,
    onChange:
      'on_change' in members
        ? compileOnChange(member(members, 'on_change', at), `${at}/on_change`, names)
        : undefined,
    fields,
    columnOf: (field) => fields.get(field)?.columns[0] ?? '',
    sent: new Map(),
  };
}

function compileOnChange(json: Json, at: string, names: Names): Emission['onChange'] {
  const members = asMembers(json, at);
  onlyMembers(members, ['subject', 'of'], at);
  return {
    subject: compileExpression(member(members, 'subject', at), `${at}/subject`, names),
    of: listMember(members, 'of', at).map((one, i) => compileExpression(one, `${at}/of/${i}`, names)),
  };
}
