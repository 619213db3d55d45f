import type { Violation } from './event-type.ts';

/**
 * Strings that would not come back as they were sent: a lone surrogate has no UTF-8 form, and a NUL ends a string in
 * many a reader downstream. `JSON.stringify` writes both as `\u` escapes, so that the usual value costs one search.
 * @param json the value as `JSON.stringify` writes it
 * @param value what has been checked against its schema: its field names need no escape, and its depth is the schema's
 */
export function unstorableTexts(json: string, value: unknown): Violation[] {
  if (!json.includes('\\u')) return [];
  const found: Violation[] = [];
  searchText(value, '', found);
  return found;
}

function searchText(value: unknown, pointer: string, found: Violation[]): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) found.push({ pointer, detail: 'contains the character NUL' });
    else if (/\p{Surrogate}/u.test(value)) {
      found.push({ pointer, detail: 'contains half of a surrogate pair, which is no character' });
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [field, inner] of Object.entries(value)) searchText(inner, `${pointer}/${field}`, found);
  }
}
