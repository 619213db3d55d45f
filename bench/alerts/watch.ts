import type { ServerFrame } from '../../models/contract/live.ts';
import { openLive } from '../live-client.ts';

/** Notes when a frame first told a case of each lot. */
export class AlertWatch {
  /** By lot, ms since 1970. */
  readonly told_ms = new Map<string, number>();
  #close: () => Promise<void> = () => Promise.resolve();

  static async open(url: string, token: string): Promise<AlertWatch> {
    const watch = new AlertWatch();
    watch.#close = await openLive(url, token, 'alerts', (frame, at_ms) => {
      watch.#read(frame, at_ms);
    });
    return watch;
  }

  close(): Promise<void> {
    return this.#close();
  }

  #read(frame: ServerFrame, at_ms: number): void {
    for (const row of rowsOf(frame)) {
      const { lot } = row as { readonly lot?: string };
      if (lot !== undefined && !this.told_ms.has(lot)) this.told_ms.set(lot, at_ms);
    }
  }
}

function rowsOf(frame: ServerFrame): unknown[] {
  if (frame.t === 'snap' && frame.topic === 'alerts') return Object.values(frame.data);
  if (frame.t !== 'patch' || frame.topic !== 'alerts') return [];
  return frame.ops.flatMap((op) => (op.op === 'put' ? [op.row] : []));
}
