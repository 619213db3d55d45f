import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { EventStream, TICK_MS } from './events.ts';
import { TICKS_MAX } from './marks.ts';

/** What the feed is told to do. */
export interface FeedOrder {
  readonly url: string;
  readonly token: string;
  /** Events a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** What came of it: instants in milliseconds since 1970 by tick. */
export interface FeedResult {
  readonly scheduled_ms: readonly number[];
  /** When the answer to each tick's orders, and scans, was there; null when they were refused. */
  readonly orders_accepted_ms: readonly (number | null)[];
  readonly scans_accepted_ms: readonly (number | null)[];
  /** The greatest lateness of sending: how far the feed itself was behind its schedule. */
  readonly late_ms_max: number;
  readonly refused_requests: number;
  /** What a refused request was answered, once. */
  readonly refusal: string | null;
}

/** Sockets held open at most: beyond that requests wait, and their waiting is part of the latency. */
const SOCKETS_MAX = 64;
const START_AFTER_MS = 200;

/**
 * Posts events by a fixed schedule, one request for orders and one for scans a tick, whether or not earlier ones have been
 * answered: a slow answer delays no later request, so that no slowness hides the waiting that it causes.
 */
async function feed({ url, token, rate, seconds }: FeedOrder): Promise<FeedResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  const stream = new EventStream(rate);
  const ticks = Math.round((seconds * 1000) / TICK_MS);
  if (ticks > TICKS_MAX) throw new Error(`${seconds} s are more ticks than can be told apart: ${TICKS_MAX}`);
  const begin_ms = Date.now() + START_AFTER_MS;
  const scheduled_ms = Array.from({ length: ticks }, (_, tick) => begin_ms + tick * TICK_MS);
  const orders_accepted_ms = new Array<number | null>(ticks).fill(null);
  const scans_accepted_ms = new Array<number | null>(ticks).fill(null);
  const pending: Promise<void>[] = [];
  let late_ms_max = 0;
  let refused_requests = 0;
  let refusal: string | null = null;
  const send = async (type: string, body: string, into: (number | null)[], tick: number): Promise<void> => {
    const answer = await post(agent, new URL(`/v1/events/${type}`, url), token, body);
    if (answer.accepted) into[tick] = answer.at_ms;
    else {
      refused_requests += 1;
      refusal ??= answer.text;
    }
  };
  for (const [tick, at_ms] of scheduled_ms.entries()) {
    const { orders, scans } = stream.tick(tick, at_ms);
    const wait_ms = at_ms - Date.now();
    if (wait_ms > 0) await delay(wait_ms);
    late_ms_max = Math.max(late_ms_max, Date.now() - at_ms);
    pending.push(
      send('order', orders, orders_accepted_ms, tick),
      send('scan', scans, scans_accepted_ms, tick),
    );
  }
  await Promise.all(pending);
  agent.destroy();
  return { scheduled_ms, orders_accepted_ms, scans_accepted_ms, late_ms_max, refused_requests, refusal };
}

interface Answer {
  readonly at_ms: number;
  /** All events of the request. */
  readonly accepted: boolean;
  readonly text: string;
}

function post(agent: Agent, url: URL, token: string, body: string): Promise<Answer> {
  return new Promise((resolve) => {
    const bytes = Buffer.from(body);
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/x-ndjson',
      'content-length': bytes.length,
    };
    const call = request(url, { agent, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const accepted = response.statusCode === 202 && text.includes('"rejected":[]');
        resolve({
          at_ms: Date.now(),
          accepted,
          text: `${String(response.statusCode)} ${text.slice(0, 300)}`,
        });
      });
    });
    call.on('error', (error) => {
      resolve({ at_ms: Date.now(), accepted: false, text: String(error) });
    });
    call.end(bytes);
  });
}

process.once('message', (order: FeedOrder) => {
  void feed(order).then((result) => process.send?.(result));
});
