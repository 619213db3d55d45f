import { setTimeout as delay } from 'node:timers/promises';
import type { Producer } from '../../ingest/kafka.ts';
import { cpu_s, rss_mib } from '../process-usage.ts';
import { RemoteCrowd } from './remote-crowd.ts';
import { publishSteadily, rankingResult, stagesResult } from './results.ts';
import type { Heard, Storm } from './crowd.ts';

const PATCHES_PER_S = 4;
/** Between the crowd's coming and the measurement: connections settle, code is compiled. */
const WARM_UP_MS = 3_000;
/** Stalled clients and what is sent to them, so that the kernel's buffers are soon full. */
const STALLED = 20;
const LARGE_PER_S = 40;
const STALL_MS_MAX = 60_000;
const STALL_POLL_MS = 200;

/** A fan-out server under measurement, with where its results come from. */
export interface Subject {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  readonly producer: Producer;
  readonly prefix: string;
  /** Brings a crowd's process to its core. */
  readonly place: (pid: number) => void;
}

export interface FanOut extends Heard {
  readonly clients: number;
  readonly frames_per_s: number;
  /** Cores that the server used meanwhile. */
  readonly server_cores: number;
  /** What the server's memory grew by for each client, without a storm. */
  readonly kib_per_client: number;
  readonly storm: Storm;
}

/** So many clients, four patches a second for `seconds`; then all are cut and come back at once while patches go on. */
export async function measureFanOut(subject: Subject, clients: number, seconds: number): Promise<FanOut> {
  const before_mib = rss_mib(subject.pid);
  return withCrowd(subject, clients, async (crowd) =>
    whilePublishing(subject, PATCHES_PER_S, stagesResult, async () => {
      await delay(WARM_UP_MS);
      const kib_per_client = ((rss_mib(subject.pid) - before_mib) * 1024) / clients;
      await crowd.listen();
      const since = { at_ms: performance.now(), cpu_s: cpu_s(subject.pid) };
      await delay(seconds * 1000);
      const heard = await crowd.heard();
      const passed_s = (performance.now() - since.at_ms) / 1000;
      const server_cores = (cpu_s(subject.pid) - since.cpu_s) / passed_s;
      const storm = await crowd.storm();
      return {
        ...heard,
        clients,
        frames_per_s: heard.frames / passed_s,
        server_cores,
        kib_per_client,
        storm,
      };
    }),
  );
}

export interface Stall {
  /** The most that the server held unsent for one client. */
  readonly unsent_bytes_max: number;
  /** Clients that it closed with 1013 in the end. */
  readonly closed: number;
}

/** Clients that stop reading while large patches go on: what the server holds for one, until it has closed them all. */
export async function measureStall(subject: Subject): Promise<Stall> {
  return withCrowd(subject, STALLED, async (crowd) =>
    whilePublishing(subject, LARGE_PER_S, rankingResult, async () => {
      await crowd.stall();
      let unsent_bytes_max = 0;
      const until_ms = performance.now() + STALL_MS_MAX;
      for (;;) {
        const metrics = await metricsOf(subject);
        unsent_bytes_max = Math.max(unsent_bytes_max, metric(metrics, 'dms_live_unsent_bytes_max'));
        const closed = metric(metrics, 'dms_live_closes_total', 'code="1013"');
        if (closed >= STALLED || performance.now() > until_ms) return { unsent_bytes_max, closed };
        await delay(STALL_POLL_MS);
      }
    }),
  );
}

async function withCrowd<T>(
  subject: Subject,
  clients: number,
  work: (crowd: RemoteCrowd) => Promise<T>,
): Promise<T> {
  const crowd = new RemoteCrowd();
  try {
    subject.place(crowd.pid);
    await crowd.gather(subject.url, subject.token, clients);
    return await work(crowd);
  } finally {
    crowd.end();
  }
}

async function whilePublishing<T>(
  { producer, prefix }: Subject,
  per_s: number,
  make: typeof stagesResult,
  work: () => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const published = publishSteadily({ producer, prefix, per_s, until: stop.signal, make });
  try {
    return await Promise.race([work(), published.then(() => Promise.reject(new Error('publishing ended')))]);
  } finally {
    stop.abort();
    await published;
  }
}

async function metricsOf({ url, token }: Subject): Promise<string> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`/metrics was answered ${response.status}`);
  return response.text();
}

/** A metric's value; 0 where it was never told. */
function metric(text: string, name: string, label = ''): number {
  const line = text.split('\n').find((one) => one.startsWith(`${name}{`) && one.includes(label));
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ') + 1));
}
