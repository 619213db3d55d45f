import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply, positions, type LiveState } from '../../dashboard/src/live/state.ts';
import type { RunningServer } from '../../dashboard/server/server.ts';
import { LIVE_TOPICS, type ServerFrame } from '../../models/contract/live.ts';
import { Surroundings, bearer, kpi, kpis } from './running-server.ts';

let around: Surroundings;
let server: RunningServer;

beforeAll(async () => {
  around = await Surroundings.create();
  server = await around.start({ heartbeat_ms: 250 });
});
afterAll(async () => {
  await server.stop();
  await around.stop();
});

/** The stream as a client reads it: frames in order, and the event that ends it. */
class EventStream {
  readonly frames: ServerFrame[] = [];
  closed: { code: number } | undefined;
  ended = false;
  readonly #stop = new AbortController();

  static async open(query = '', headers = bearer(around.config.DMS_ADMIN_TOKEN)): Promise<EventStream> {
    const stream = new EventStream();
    const response = await fetch(`${server.url}/v1/live/events${query}`, {
      headers,
      signal: stream.#stop.signal,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
    void stream.#read(response);
    return stream;
  }

  async #read(response: Response): Promise<void> {
    let text = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const messages = text.split('\n\n');
        text = messages.pop() ?? '';
        for (const message of messages) this.#take(message.split('\n'));
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
    this.ended = true;
  }

  #take(lines: readonly string[]): void {
    const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
    if (data === undefined) return;
    if (lines.includes('event: close')) this.closed = JSON.parse(data) as { code: number };
    else this.frames.push(JSON.parse(data) as ServerFrame);
  }

  cut(): void {
    this.#stop.abort();
  }

  /** What the page would hold, by the page's own reducer. */
  held(before: LiveState = {}): LiveState {
    return this.frames.reduce<LiveState>((state, frame) => {
      if (frame.t !== 'snap' && frame.t !== 'patch') return state;
      const applied = apply(state, frame);
      expect(applied.outcome).not.toBe('gap');
      return applied.state;
    }, before);
  }
}

describe('GET /v1/live/events', () => {
  it('welcomes, sends a snapshot of every topic, heartbeats, and then what changes', async () => {
    const stream = await EventStream.open();
    await expect.poll(() => stream.frames.filter(({ t }) => t === 'snap').length).toBe(LIVE_TOPICS.length);
    expect(stream.frames[0]).toMatchObject({ t: 'welcome', hb_ms: 250 });
    await around.publish(kpis(kpi('fill_rate', 0.42)));
    await expect
      .poll(() => stream.held().kpis?.rows.get('fill_rate'), { timeout: 10_000 })
      .toMatchObject({ value: 0.42 });
    await expect.poll(() => stream.frames.some(({ t }) => t === 'hb')).toBe(true);
    expect(stream.held().kpis?.rows).toEqual(server.hub.state.snapshot('kpis').rows);
    const clients = server.hub.clients;
    stream.cut();
    await expect.poll(() => server.hub.clients).toBe(clients - 1);
  });

  it('takes the topics asked for, and resumes without a snapshot', async () => {
    const before = await EventStream.open('?topic=kpis');
    await expect.poll(() => before.frames.some(({ t }) => t === 'snap')).toBe(true);
    const state = before.held();
    before.cut();
    await around.publish(kpis(kpi('fill_rate', 0.1)), kpis(kpi('scan_coverage', 0.2)));
    const seq = (state.kpis?.seq ?? NaN) + 2;
    await expect.poll(() => server.hub.state.snapshot('kpis').seq).toBe(seq);
    const resume = encodeURIComponent(JSON.stringify(positions(state)));
    const after = await EventStream.open(`?topic=kpis&resume=${resume}`);
    await expect.poll(() => after.frames.filter(({ t }) => t === 'patch').length).toBe(1);
    expect(after.frames.filter(({ t }) => t === 'snap')).toEqual([]);
    expect(after.held(state).kpis?.rows).toEqual(server.hub.state.snapshot('kpis').rows);
    after.cut();
  });

  it('refuses who has no right, an unknown topic and positions that are none', async () => {
    const status = async (query: string, headers = bearer(around.config.DMS_ADMIN_TOKEN)) =>
      (await fetch(`${server.url}/v1/live/events${query}`, { headers })).status;
    expect(await status('', {})).toBe(401);
    const { secret } = await around.addKey('ingest', 'erp');
    await expect.poll(() => status('', bearer(secret))).toBe(403);
    expect(await status('?topic=weather')).toBe(400);
    expect(await status('?resume=all')).toBe(400);
    expect(await status('?token=x')).toBe(400);
  });

  it('is ended with 4401 when its token is revoked, and with 1001 when the server goes', async () => {
    const display = await around.addKey('display', 'lobby');
    const opens = async () =>
      (await fetch(`${server.url}/v1/kpis`, { headers: bearer(display.secret) })).status;
    await expect.poll(opens).toBe(200);
    const stream = await EventStream.open('', bearer(display.secret));
    await display.revoke();
    await expect.poll(() => stream.closed?.code, { timeout: 10_000 }).toBe(4401);
    const last = await EventStream.open();
    await server.stop();
    await expect.poll(() => last.closed?.code).toBe(1001);
    await expect.poll(() => last.ended).toBe(true);
    server = await around.start({ heartbeat_ms: 250 });
  });
});
