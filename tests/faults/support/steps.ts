import type { Ledger, PartitionLog } from '../../../ingest/sink/protocol/ports.ts';

/** Every await of the protocol is a call of one of its ports. */
export type Step = keyof PartitionLog | keyof Ledger;

const MOMENTS = ['before', 'after'] as const;
export type Moment = (typeof MOMENTS)[number];

export function isMoment(word: string): word is Moment {
  return MOMENTS.some((moment) => moment === word);
}
