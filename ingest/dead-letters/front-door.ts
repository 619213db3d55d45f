import pRetry from 'p-retry';
import type { EventType } from '../../models/contract/event-type.ts';

/** Attempts at an event while the edge is under pressure or away: about half a minute, then the replay fails. */
const RETRIES_MAX = 5;

/** Why an event was not taken: the status, and the answer's own words. */
export interface Refusal {
  readonly status: number;
  readonly detail: string;
}

/** Where events come in, as for every feed: `url` takes `POST /v1/events/{type}`, `token` may write for every source. */
export interface FrontDoor {
  readonly url: string;
  readonly token: string;
}

/**
 * Posts one event. Resolves with null when it was accepted (Kafka has acknowledged it), or with why it never will be.
 * @throws Error when nobody could say: no answer, or pressure and failures that did not end.
 */
export function postEvent(door: FrontDoor, type: EventType, value: Buffer): Promise<Refusal | null> {
  return pRetry(
    async () => {
      const response = await fetch(new URL(`/v1/events/${type.type}`, door.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${door.token}`, 'content-type': 'application/json' },
        body: new Uint8Array(value),
      });
      const detail = await response.text();
      if (response.status === 202) return null;
      if (response.status === 429 || response.status >= 500) {
        throw new Error(`${door.url} answered ${response.status}: ${detail}`);
      }
      return { status: response.status, detail };
    },
    { retries: RETRIES_MAX },
  );
}
