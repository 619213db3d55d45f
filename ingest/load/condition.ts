import { compileExpression, type Names, type Scope } from './expression.ts';
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
import { DECIMAL, Failure, asText, isBlank, signOf, type Value } from './value.ts';

/** A question about a row; its forms stand with the language in `expression.ts`. */
export interface Condition {
  readonly holds: (scope: Scope) => boolean | Failure;
  readonly columns: readonly string[];
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
