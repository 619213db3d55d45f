import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { PROCESSORS_SILENT_MS } from '../../dashboard/server/live/parts.ts';
import { LIVE_LIMITS } from '../../dashboard/server/live/limits.ts';
import { TOLD_WITHIN_MS } from '../../ingest/program/neighbour.ts';
import type { Part } from '../../models/contract/live.ts';
import { Pipeline, eventually, type ProgramName } from '../../stack/lab/pipeline.ts';
import { LiveSocket, bearer } from '../integration/running-server.ts';
import { TcpGate } from '../tcp-gate.ts';

/** Two busy cores may hold an answer up. */
const MARGIN_MS = 20_000;
const READY_MS = TOLD_WITHIN_MS + MARGIN_MS;
const BOARD_MS = LIVE_LIMITS.heartbeat_ms + MARGIN_MS;

/** No event comes in all of this: a frozen part is not known by what it fails to do. */
describe('a part that is frozen while the channel is quiet', () => {
  let pipeline: Pipeline;
  let gate: TcpGate;
  let wall: LiveSocket;

  beforeAll(async () => {
    const stack = inject('stack');
    gate = await TcpGate.before(stack.clickhouse_url);
    pipeline = await Pipeline.start({ ...stack, clickhouse_url: gate.url });
    wall = new LiveSocket(pipeline.url, bearer(pipeline.admin_token));
    await wall.say({ t: 'hello' }, { t: 'sub', topic: 'freshness' });
    await untilBoardSays([], READY_MS);
  });
  afterAll(async () => {
    await wall.cut();
    await pipeline.stop();
    await gate.close();
  });

  const readiness = async (name: ProgramName): Promise<string> =>
    (await fetch(`${pipeline.program(name).url}/readyz`, { signal: AbortSignal.timeout(2_000) })).text();

  const untilReadinessSays = (name: ProgramName, what: string): Promise<true> =>
    eventually(
      `${name} to say ${what}`,
      async () => ((await readiness(name)).includes(what) ? true : undefined),
      READY_MS,
    );

  /** What the newest heartbeat says that stands still. */
  async function untilBoardSays(stalled: readonly Part[], within_ms: number): Promise<void> {
    await eventually(
      `the board to be told of ${stalled.join(', ') || 'nothing'}`,
      () => {
        const beat = wall.frames.findLast((frame) => frame.t === 'hb');
        const told = beat?.t === 'hb' ? (beat.stalled ?? []) : undefined;
        return Promise.resolve(String(told) === String(stalled) ? true : undefined);
      },
      within_ms,
    );
  }

  async function whileFrozen(name: ProgramName, work: () => Promise<void>): Promise<void> {
    const { child } = pipeline.program(name);
    child.kill('SIGSTOP');
    try {
      await work();
    } finally {
      child.kill('SIGCONT');
    }
    await untilBoardSays([], READY_MS + BOARD_MS);
  }

  it('the edge is missed at the public address, which says so until it is back', async () => {
    await whileFrozen('edge', async () => {
      await untilReadinessSays('server', 'the edge does not answer');
      await untilBoardSays(['edge'], BOARD_MS);
    });
    await untilReadinessSays('server', '"ready":true');
  });

  it('the sink is missed on the board', async () => {
    await whileFrozen('sink', () => untilBoardSays(['sink'], READY_MS + BOARD_MS));
  });

  it('the processors are missed on the board', async () => {
    await whileFrozen('processors', () => untilBoardSays(['processors'], PROCESSORS_SILENT_MS + BOARD_MS));
  });

  it('ClickHouse is missed by all that need it, and on the board; all are ready again when it is back', async () => {
    const need_it = ['sink', 'processors', 'server'] as const;
    gate.freeze();
    try {
      for (const name of need_it) await untilReadinessSays(name, 'ClickHouse does not answer');
      await untilBoardSays(['clickhouse'], BOARD_MS);
      expect(await readiness('edge')).toContain('"ready":true');
    } finally {
      gate.thaw();
    }
    for (const name of need_it) await untilReadinessSays(name, '"ready":true');
    await untilBoardSays([], READY_MS);
  });
});
