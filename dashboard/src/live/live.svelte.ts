import type { LiveRow, LiveTopic, Part, ServerFrame } from '../../../models/contract/live.ts';
import { openEvents } from './browser-events.ts';
import { openSocket } from './browser-socket.ts';
import { LiveConnection, type ConnectionStatus, type Listener } from './connection.ts';
import { clearSnapshot, loadSnapshot, saveSnapshot } from './last-snapshot.ts';
import type { LiveState } from './state.ts';

type Lag = Extract<ServerFrame, { t: 'hb' }>['lag_s'];

/** The snapshot is written at most this often: a wallboard runs for weeks on a flash disk. */
const SAVE_EVERY_MS = 15_000;
/** After the first frame: by then every topic's snapshot has come. */
const SAVE_FIRST_MS = 1000;

/** What the page holds of the server, as reactive state. One instance lives as long as the page. */
export class Live {
  state = $state.raw<LiveState>({});
  status = $state.raw<ConnectionStatus>({ phase: 'connecting' });
  lag_s = $state.raw<Lag | undefined>(undefined);
  /** What stands still behind the server, in the direction of the data. */
  stalled = $state.raw<readonly Part[]>([]);
  /** Server's clock minus this machine's, milliseconds: ages must not depend on a TV's clock. */
  clock_offset_ms = $state(0);
  /** When the data shown was last known to be the server's, in this machine's clock; undefined before any data. */
  fresh_at_ms = $state<number | undefined>(undefined);
  /** The data shown comes from an earlier visit. */
  from_saved = $state(false);
  /** The server runs another build than the one that this page was served by. */
  new_build = $state(false);
  /** Latest problem that the server told of a topic. */
  problems = $state.raw<Readonly<Partial<Record<LiveTopic, string>>>>({});

  private build: string | undefined;
  private saved_at_ms = 0;
  private save_timer: ReturnType<typeof setTimeout> | undefined;
  private connection: LiveConnection | undefined;

  /** The rows of a topic; undefined before its first snapshot. */
  rows<T extends LiveTopic>(topic: T): ReadonlyMap<string, LiveRow<T>> | undefined {
    return this.state[topic]?.rows;
  }

  /**
   * Shows what was saved, then connects.
   *
   * @param session whether the server knows this browser
   * @param page_from_cache the server was away when the page was loaded, so the page may be of an older build
   */
  async start(
    session: () => Promise<'known' | 'unknown' | 'unreachable'>,
    page_from_cache: boolean,
  ): Promise<void> {
    this.stop();
    this.status = { phase: 'connecting' };
    const saved = await loadSnapshot().catch(told);
    if (saved !== undefined) {
      this.state = saved.state;
      this.fresh_at_ms = saved.saved_at_ms;
      this.from_saved = true;
      if (page_from_cache) this.build = saved.build;
    }
    this.connection = new LiveConnection(
      {
        open: (protocol, way) => (way === 'websocket' ? openSocket(protocol) : openEvents()),
        session,
        now: () => Date.now(),
        random: () => Math.random(),
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => {
            clearTimeout(timer);
          };
        },
      },
      this.listener(),
      this.state,
    );
    this.connection.start();
  }

  stop(): void {
    clearTimeout(this.save_timer);
    this.save_timer = undefined;
    this.connection?.stop();
  }

  retryNow(): void {
    this.connection?.retryNow();
  }

  private listener(): Listener {
    return {
      state: (state) => {
        this.state = state;
        this.arrived();
      },
      status: (status) => {
        this.status = status;
        if (status.phase === 'unpaired' || status.phase === 'forbidden') this.forget();
        else if (status.phase === 'reconnecting' && status.attempt === 1) this.save();
      },
      welcome: (frame) => {
        this.setClock(frame.server_time);
        this.build ??= frame.build;
        this.new_build = frame.build !== this.build;
      },
      heartbeat: (frame) => {
        this.setClock(frame.server_time);
        this.lag_s = frame.lag_s;
        this.stalled = frame.stalled ?? [];
        this.arrived();
      },
      problem: (topic, title) => {
        console.warn('the server told of a problem', topic, title);
        if (topic !== undefined) this.problems = { ...this.problems, [topic]: title };
      },
    };
  }

  private setClock(server_time: string): void {
    this.clock_offset_ms = Date.parse(server_time) - Date.now();
  }

  private arrived(): void {
    this.fresh_at_ms = Date.now();
    this.from_saved = false;
    if (this.save_timer !== undefined) return;
    const due_ms = Math.max(SAVE_FIRST_MS, this.saved_at_ms + SAVE_EVERY_MS - Date.now());
    this.save_timer = setTimeout(() => {
      this.save();
    }, due_ms);
  }

  /** Keeps what is held now, if it is of this visit. */
  private save(): void {
    clearTimeout(this.save_timer);
    this.save_timer = undefined;
    if (this.from_saved || this.fresh_at_ms === undefined) return;
    this.saved_at_ms = Date.now();
    saveSnapshot({ saved_at_ms: this.fresh_at_ms, build: this.build, state: this.state }).catch(told);
  }

  private forget(): void {
    clearTimeout(this.save_timer);
    this.save_timer = undefined;
    this.state = {};
    this.fresh_at_ms = undefined;
    clearSnapshot().catch(told);
  }
}

/** Without its database the page works, only a reload without a server shows nothing. */
function told(error: unknown): undefined {
  console.warn('the last snapshot is not kept', error);
  return undefined;
}
