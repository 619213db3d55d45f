import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ProblemError } from './problem.ts';

/** A position in a list, opaque to the client. */
export function encodeCursor(position: object): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * The position that a cursor stands for; undefined without one, at the begin of the list.
 * @throws ProblemError 400 when it is not one that we gave
 */
export function decodeCursor<T extends TSchema>(schema: T, cursor: string): Static<T>;
export function decodeCursor<T extends TSchema>(schema: T, cursor: string | undefined): Static<T> | undefined;
export function decodeCursor<T extends TSchema>(
  schema: T,
  cursor: string | undefined,
): Static<T> | undefined {
  if (cursor === undefined) return undefined;
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (Value.Check(schema, position)) return position;
  throw new ProblemError(400, {
    detail: 'the address is not as documented',
    errors: [{ pointer: '/cursor', detail: 'is not a cursor of this list' }],
  });
}
