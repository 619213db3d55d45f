import { Type } from 'typebox';
import { encodeCursor } from './cursor.ts';

/** In the answer of a list that is given page by page. */
export const NextCursor = Type.Optional(
  Type.String({ description: 'for the next page; absent on the last' }),
);

/** What an answer has of a page. */
export interface Page<Row> {
  readonly items: Row[];
  readonly next_cursor?: string;
}

/**
 * A page of `limit` rows out of up to `limit + 1` that were read: the one more tells that there is a next page.
 * @param positionOf where the next page begins, given the last row of this one; what `decodeCursor` gives back
 */
export function pageOf<Row>(
  found: readonly Row[],
  limit: number,
  positionOf: (last: Row) => object,
): Page<Row> {
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, ...(last !== undefined && { next_cursor: encodeCursor(positionOf(last)) }) };
}
