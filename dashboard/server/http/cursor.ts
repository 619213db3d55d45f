import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { ProblemError } from './problem.ts';

/** A position in a list, opaque to the client. */
export function encodeCursor(position: object): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws ProblemError 400 when it is not one that we gave */
export function decodeCursor<T extends TSchema>(schema: T, cursor: string): Static<T> {
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
