import { settle } from '../deliver-block.ts';
import { deliverBatch } from '../deliver-batch.ts';
import { crossGap, takeOver } from '../take-over.ts';

/** What a lane uses of the protocol. */
export interface Protocol {
  readonly takeOver: typeof takeOver;
  readonly deliverBatch: typeof deliverBatch;
  readonly crossGap: typeof crossGap;
  readonly settle: typeof settle;
}

/** The one that the product runs. */
export const PROTOCOL: Protocol = { takeOver, crossGap, deliverBatch, settle };
