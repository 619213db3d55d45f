import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpDestination } from '../../simulator/feed/http.ts';
import { makeChannel, type Deed } from './channel.ts';

/** What the feed is told to do. */
export interface FeedOrder {
  readonly url: string;
  readonly token: string;
  /** Scans a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly deeds_per_s: number;
}

/** What came of it. */
export interface FeedResult {
  /** When the answer that its scans are accepted was there, ms since 1970, by lot, in the order sent. */
  readonly accepted_ms: readonly (readonly [string, number])[];
  /** How far the feed itself was behind its schedule at most. */
  readonly late_ms_max: number;
  readonly refused_requests: number;
}

/** Messages to whoever started it: the history is sent, with the lot of the deed that was sent after it; and the result. */
export type FeedMessage = { readonly loaded: string } | { readonly result: FeedResult };

const TICK_MS = 50;
const HISTORY_BATCH = 20_000;

/** Sends the history and one deed; then, when told to, scans by a fixed schedule, whether or not earlier ones have been answered. */
async function feed({ url, token, rate, seconds, deeds_per_s }: FeedOrder): Promise<void> {
  const deeds_sent = Math.floor(seconds * deeds_per_s);
  const { history, scans, deeds } = makeChannel(rate * seconds, deeds_sent + 1);
  const destination = new HttpDestination(url, token, new AbortController().signal);
  for (let from = 0; from < history.length; from += HISTORY_BATCH)
    await destination.deliver(history.slice(from, from + HISTORY_BATCH));
  const post = async (events: readonly object[]): Promise<boolean> => {
    const response = await fetch(`${url}/v1/events/scan`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
      body: events.map((event) => JSON.stringify(event)).join('\n'),
    });
    return response.status === 202 && (await response.text()).includes('"rejected":[]');
  };
  const [first, ...others] = deeds as [Deed, ...Deed[]];
  if (!(await post(first.eventsAt(history.at(-1)?.time_ms ?? 0))))
    throw new Error('the first deed was refused');
  tell({ loaded: first.lot });
  await once(process, 'message');

  const accepted_ms: [string, number][] = [];
  let refused_requests = 0;
  let late_ms_max = 0;
  const pending: Promise<void>[] = [];
  const send = async (events: readonly object[], lot?: string): Promise<void> => {
    const is_accepted = await post(events);
    if (!is_accepted) refused_requests += 1;
    else if (lot !== undefined) accepted_ms.push([lot, Date.now()]);
  };
  const a_tick = (rate * TICK_MS) / 1000;
  const begin_ms = Date.now() + TICK_MS;
  let told = 0;
  for (let tick = 0; tick < (seconds * 1000) / TICK_MS; tick += 1) {
    const wait_ms = begin_ms + tick * TICK_MS - Date.now();
    if (wait_ms > 0) await delay(wait_ms);
    late_ms_max = Math.max(late_ms_max, -wait_ms);
    const now = scans.slice(Math.round(tick * a_tick), Math.round((tick + 1) * a_tick));
    pending.push(send(now.map(({ event }) => event)));
    const deed = others[told];
    if (deed === undefined || (tick * TICK_MS) / 1000 < told / deeds_per_s) continue;
    told += 1;
    pending.push(send(deed.eventsAt(now[0]?.time_ms ?? 0), deed.lot));
  }
  await Promise.all(pending);
  tell({
    result: { accepted_ms: accepted_ms.toSorted((a, b) => a[1] - b[1]), late_ms_max, refused_requests },
  });
}

function tell(message: FeedMessage): void {
  process.send?.(message);
}

process.once('message', (order: FeedOrder) => {
  feed(order).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
});
