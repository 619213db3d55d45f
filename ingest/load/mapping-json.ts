import { messageOf } from '../program/caught.ts';

/** Reading the JSON of a mapping: whatever is wrong is told with its JSON Pointer. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export type Members = Readonly<Record<string, Json>>;

/** A mapping that makes no sense: where (JSON Pointer) and why. */
export class MappingError extends Error {
  readonly pointer: string;
  constructor(pointer: string, detail: string) {
    super(`${pointer === '' ? '/' : pointer}: ${detail}`);
    this.name = 'MappingError';
    this.pointer = pointer;
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

/** A regular expression given as text. */
export function regex(source: string, at: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new MappingError(at, messageOf(error));
  }
}
