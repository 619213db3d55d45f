import { findJsonError } from '../program/json-error.ts';
import { ProblemError } from './problem-error.ts';
import { elementsOf, repeatedName } from './repeated-name.ts';

/** A JSON array may hold so many events; NDJSON as many as fit into a body. */
export const ARRAY_EVENTS_MAX = 10_000;

/** One posted record: its place (in the array, or its line, from 0) and its JSON value, or why it is none that can be read in one way. */
export type PostedRecord = {
  readonly index: number;
  /** The body is the record itself, not a list with it: pointers into the body begin at the record. */
  readonly isBody?: true;
} & (
  | { readonly value: unknown }
  | { readonly malformed: string }
  /** Pointer to what an object in it names twice. */
  | { readonly repeated: string }
);

/** The media types that are read; anything else is a 415. */
export const MEDIA_TYPES = { json: 'application/json', ndjson: 'application/x-ndjson' } as const;

/**
 * Reads a body as records. NDJSON is parsed line by line as it is asked for; a line that is no JSON is a record of its
 * own, blank lines are passed over.
 * @throws ProblemError 400 (no UTF-8; JSON that does not parse), 413 (too long an array), 422 (no record at all).
 */
export function readRecords(bytes: Buffer, format: keyof typeof MEDIA_TYPES): Iterable<PostedRecord> {
  const text = decodeUtf8(bytes);
  if (text.trim() === '') throw new ProblemError(422, 'The body is empty; at least one event is expected.');
  return format === 'ndjson' ? readLines(text) : readJson(text);
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Fatal mode throws for nothing else.
    throw new ProblemError(400, 'The body is not valid UTF-8.');
  }
}

function readJson(text: string): PostedRecord[] {
  const parsed = parse(text);
  if ('malformed' in parsed) throw new ProblemError(400, `The body is not valid JSON: ${parsed.malformed}.`);
  const { value } = parsed;
  if (!Array.isArray(value)) return [{ index: 0, isBody: true, ...onceNamed(text, value) }];
  const values: readonly unknown[] = value;
  if (values.length === 0) throw new ProblemError(422, 'The array is empty; at least one event is expected.');
  if (values.length > ARRAY_EVENTS_MAX) {
    throw new ProblemError(
      413,
      `An array may hold at most ${ARRAY_EVENTS_MAX} events; this one has ${values.length}.`,
    );
  }
  if (repeatedName(text, value) === undefined) return values.map((one, index) => ({ index, value: one }));
  // Each by itself, so that the others are taken.
  return elementsOf(text).map((one, index) => ({ index, ...onceNamed(one, values[index]) }));
}

function onceNamed(
  text: string,
  value: unknown,
): { readonly value: unknown } | { readonly repeated: string } {
  const repeated = repeatedName(text, value);
  return repeated === undefined ? { value } : { repeated };
}

function* readLines(text: string): Generator<PostedRecord> {
  let index = 0;
  for (let start = 0; start < text.length; index++) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(start, end);
    start = end + 1;
    if (line.trim() === '') continue;
    const parsed = parse(line);
    yield { index, ...('value' in parsed ? onceNamed(line, parsed.value) : parsed) };
  }
}

function parse(text: string): { readonly value: unknown } | { readonly malformed: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { malformed: describeJsonError(text) };
  }
}

function describeJsonError(text: string): string {
  const { position, atEnd } = findJsonError(text) ?? { position: 0, atEnd: false };
  return atEnd
    ? `it ends too early, at position ${position}`
    : `unexpected ${show(text, position)} at position ${position}`;
}

function show(text: string, position: number): string {
  return JSON.stringify(String.fromCodePoint(text.codePointAt(position) ?? 0));
}
