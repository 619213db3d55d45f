import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import pRetry, { AbortError } from 'p-retry';
import type { SimulatedEvent } from '../flow/event-stream.ts';
import { linesByType, type Destination } from './destination.ts';

const compress = promisify(gzip);

/** Most lines of one request: half of what the contract allows, about 1.5 MB before compression. */
const LINES_MAX = 5000;
/** Attempts at one request before the feed gives up: with waits of at most 10 s, about a minute and a half. */
const RETRIES_MAX = 12;
const WAIT_MS_MAX = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** The server's answer to accepted events. */
interface Accepted {
  readonly accepted: number;
  readonly rejected: readonly { readonly index: number; readonly pointer: string; readonly detail: string }[];
}

/**
 * Posts events to `<url>/v1/events/<type>` as gzipped NDJSON. One request a type at a time, so each type arrives in the order of
 * its time; the types go side by side, reference data before all else. At least once: an answer that got lost is asked for again,
 * which the ids of the events make harmless. Waits as the server says on 429 and 503; any other refusal is an error.
 */
export class HttpDestination implements Destination {
  readonly #url: string;
  readonly #key: string;
  readonly #signal: AbortSignal;

  constructor(url: string, key: string, signal: AbortSignal) {
    this.#url = url.replace(/\/$/, '');
    this.#key = key;
    this.#signal = signal;
  }

  async deliver(events: readonly SimulatedEvent[]): Promise<void> {
    const batches = [...linesByType(events)];
    const is_event = (type: string): boolean =>
      ['order', 'scan', 'stock', 'money', 'activity'].includes(type);
    for (const [type, lines] of batches.filter(([type]) => !is_event(type))) await this.#post(type, lines);
    await Promise.all(
      batches.filter(([type]) => is_event(type)).map(([type, lines]) => this.#post(type, lines)),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #post(type: string, lines: readonly string[]): Promise<void> {
    for (let first = 0; first < lines.length; first += LINES_MAX) {
      const body = await compress(lines.slice(first, first + LINES_MAX).join('\n'), { level: 1 });
      await pRetry(() => this.#request(type, body), {
        retries: RETRIES_MAX,
        minTimeout: 250,
        maxTimeout: WAIT_MS_MAX,
        signal: this.#signal,
        onFailedAttempt: async ({ error }) => {
          if (error instanceof UnderPressure) await sleep(error.wait_ms, undefined, { signal: this.#signal });
        },
      });
    }
  }

  async #request(type: string, body: Buffer): Promise<void> {
    const response = await fetch(`${this.#url}/v1/events/${type}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#key}`,
        'content-type': 'application/x-ndjson',
        'content-encoding': 'gzip',
      },
      body: new Uint8Array(body),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    }).catch((error: unknown) => {
      // fetch tells "connection refused" as a bare TypeError, which p-retry would take for a bug of the program.
      throw new Unreachable(`${this.#url} cannot be reached`, { cause: error });
    });
    const text = await response.text();
    if (response.status === 429 || response.status === 503) throw new UnderPressure(response);
    if (response.status >= 500)
      throw new Unreachable(`${type}: HTTP ${response.status} ${text.slice(0, 300)}`);
    if (response.status !== 202)
      throw new AbortError(`${type} refused: HTTP ${response.status} ${text.slice(0, 500)}`);
    const [first] = (JSON.parse(text) as Accepted).rejected;
    if (first !== undefined)
      throw new AbortError(`${type} event refused at ${first.pointer}: ${first.detail}`);
  }
}

class Unreachable extends Error {}

/** The server asks to come back later. */
class UnderPressure extends Error {
  readonly wait_ms: number;

  constructor(response: Response) {
    super(`HTTP ${response.status}: the server asks to wait`);
    const seconds = Number(response.headers.get('retry-after') ?? '1');
    this.wait_ms = Math.min(WAIT_MS_MAX, Number.isFinite(seconds) ? seconds * 1000 : 1000);
  }
}
