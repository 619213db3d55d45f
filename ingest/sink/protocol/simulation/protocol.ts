import { deliverBatch, settleIdle } from '../deliver-batch.ts';
import { takeOver } from '../take-over.ts';

/** What a lane uses of the protocol. */
export interface Protocol {
  readonly takeOver: typeof takeOver;
  readonly deliverBatch: typeof deliverBatch;
  readonly settleIdle: typeof settleIdle;
}

/** The one that the product runs. */
export const PROTOCOL: Protocol = { takeOver, deliverBatch, settleIdle };
