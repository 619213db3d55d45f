import { Type, type Static } from 'typebox';
import { Instant } from './fields.ts';
import { LIVE_TOPICS, PatchOp } from './live.ts';

/** While they work, the processors publish a message without ops so often, also when no figure changes. */
export const SIGN_OF_LIFE_EVERY_MS = 10_000;

/**
 * What a processor publishes on `dms.results.v1`: changed rows of one live topic. Applying one twice changes nothing. One without ops is a
 * sign of life.
 */
export const ResultMessage = Type.Object(
  {
    topic: Type.Enum(LIVE_TOPICS),
    as_of: Type.Union([Instant('event time up to which the rows hold'), Type.Null()]),
    processor: Type.String({ description: 'id of the processor' }),
    ops: Type.Array(PatchOp),
  },
  { additionalProperties: false },
);
export type ResultMessage = Static<typeof ResultMessage>;
