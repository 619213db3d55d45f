import type { ServerFrame } from '../../models/contract/live.ts';
import { openLive } from '../live-client.ts';
import { PARTITIONS, includedIn } from './marks.ts';

const KPI = 'orders_today_value';

/** Notes when a frame first included each marked order. */
export class FrameWatch {
  /** By partition: when the 1st, 2nd, … marked order of it was included, in milliseconds since 1970. */
  readonly included_ms: number[][] = Array.from({ length: PARTITIONS }, () => []);
  frames = 0;
  /** What makes the run worthless; it is for whoever measures to end it, with all that it started. */
  failure: Error | null = null;
  #close: () => Promise<void> = () => Promise.resolve();

  static async open(url: string, token: string): Promise<FrameWatch> {
    const watch = new FrameWatch();
    watch.#close = await openLive(url, token, 'kpis', (frame, at_ms) => {
      watch.#read(frame, at_ms);
    });
    return watch;
  }

  get included(): number {
    return this.included_ms.reduce((sum, times) => sum + times.length, 0);
  }

  close(): Promise<void> {
    return this.#close();
  }

  #read(frame: ServerFrame, at_ms: number): void {
    const value = valueIn(frame);
    if (value === null) return;
    this.frames += 1;
    for (const [partition, count] of includedIn(value).entries()) {
      const times = this.included_ms[partition] ?? [];
      if (count < times.length)
        this.failure ??= new Error('orders_today_value went down: the local day ended, run again');
      while (times.length < count) times.push(at_ms);
    }
  }
}

/** The KPI's value in a frame; null when the frame does not tell it. */
function valueIn(frame: ServerFrame): number | null {
  if (frame.t === 'snap' && frame.topic === 'kpis') return valueOf(frame.data[KPI]);
  if (frame.t !== 'patch' || frame.topic !== 'kpis') return null;
  const op = frame.ops.find(({ key }) => key === KPI);
  return op?.op === 'put' ? valueOf(op.row) : null;
}

function valueOf(row: unknown): number | null {
  const value = typeof row === 'object' && row !== null && 'value' in row ? row.value : null;
  return typeof value === 'number' ? value : null;
}
