import { SIGN_OF_LIFE_EVERY_MS, type ResultMessage } from '../../models/contract/results.ts';
import type { Logger } from '../../ingest/program/program.ts';
import type { Send } from './publisher.ts';

/** No rows, and no as-of: it changes nothing wherever it is applied. */
const SIGN: ResultMessage = { topic: 'freshness', as_of: null, processor: 'loop', ops: [] };

/**
 * Says that the processors work as long as they do: from silence alone nobody could tell whether nothing happens in the channel or
 * nothing is computed.
 */
export function giveSignsOfLife(options: {
  readonly isWell: () => boolean;
  readonly send: Send;
  readonly log: Logger;
  /** Default: SIGN_OF_LIFE_EVERY_MS. */
  readonly every_ms?: number;
}): { readonly stop: () => Promise<void> } {
  const { isWell, send, log, every_ms = SIGN_OF_LIFE_EVERY_MS } = options;
  let sending: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (sending !== undefined || !isWell()) return;
    sending = send([SIGN])
      .catch((error: unknown) => {
        log.warn({ err: error }, 'no sign of life could be given');
      })
      .finally(() => {
        sending = undefined;
      });
  }, every_ms);
  return {
    stop: async () => {
      clearInterval(timer);
      await sending;
    },
  };
}
