/** Why a message was set aside: codes of `raw_dead_letters`, of the sink's metrics, and of the board's line about them. */
export const DEAD_LETTER_REASONS = [
  'empty',
  'too_large',
  'not_an_object',
  'empty_object',
  'invalid_utf8',
  'unparsable',
  'wrong_fields',
  'wrong_type',
  'out_of_range',
  'constraint',
  /** No message: declares offsets that Kafka deleted before they were stored. */
  'lost',
] as const;
export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];
