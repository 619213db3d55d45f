/**
 * Where an object of a JSON text has a name twice, as a JSON Pointer (RFC 6901); undefined where none has. `JSON.parse` keeps the last
 * of them and other readers the first: which one the sender meant nobody can know.
 * @param value of `text`, which is valid JSON
 */
export function repeatedName(text: string, value: unknown): string | undefined {
  // Nearly all texts are told to be sound by a count alone: it may find too many names, in texts within the text, but never too few.
  return namesAtMost(text) === namesOf(value) ? undefined : findRepeated(text);
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Colons that stand after a quote, white space between. */
function namesAtMost(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    let before = at - 1;
    while (isBlank(text.charCodeAt(before))) before -= 1;
    if (text.charCodeAt(before) === QUOTE) count += 1;
  }
  return count;
}

/** How many names the objects of a value have, all together. */
function namesOf(value: unknown): number {
  let count = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null) continue;
    const members: unknown[] = Object.values(one);
    if (!Array.isArray(one)) count += members.length;
    for (const member of members) if (typeof member === 'object') open.push(member);
  }
  return count;
}

interface Open {
  /** Of an object: the names so far; of an array: undefined. */
  readonly names: Set<string> | undefined;
  /** Where in the object or array the text is. */
  at: string | number;
}

function findRepeated(text: string): string | undefined {
  const open: Open[] = [];
  let is_name_next = false;
  for (let i = 0; i < text.length; i += 1) {
    const inner = open.at(-1);
    switch (text[i]) {
      case '{':
        open.push({ names: new Set(), at: '' });
        is_name_next = true;
        break;
      case '[':
        open.push({ names: undefined, at: 0 });
        break;
      case '}':
      case ']':
        open.pop();
        is_name_next = false;
        break;
      case ',':
        if (typeof inner?.at === 'number') inner.at += 1;
        is_name_next = inner?.names !== undefined;
        break;
      case '"': {
        const end = endOfString(text, i);
        if (is_name_next && inner?.names !== undefined) {
          const name = JSON.parse(text.slice(i, end + 1)) as string;
          inner.at = name;
          if (inner.names.has(name)) return pointerTo(open);
          inner.names.add(name);
          is_name_next = false;
        }
        i = end;
        break;
      }
      default:
    }
  }
  return undefined;
}

/** The texts of an array's elements. @param text of an array, valid JSON */
export function elementsOf(text: string): string[] {
  const elements: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '"') i = endOfString(text, i);
    else if (c === '[' || c === '{') {
      depth += 1;
      if (depth === 1) begin = i + 1;
    } else if (c === ']' || c === '}') depth -= 1;
    if ((c === ',' && depth === 1) || (c === ']' && depth === 0)) {
      elements.push(text.slice(begin, i));
      begin = i + 1;
    }
  }
  return elements;
}

function endOfString(text: string, begin: number): number {
  let i = begin + 1;
  for (; text.charCodeAt(i) !== QUOTE; i += 1) if (text.charCodeAt(i) === BACKSLASH) i += 1;
  return i;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function pointerTo(open: readonly Open[]): string {
  return open.map(({ at }) => `/${String(at).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
