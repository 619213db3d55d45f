import { once } from 'node:events';
import { WebSocket } from 'ws';
import { LIVE_SUBPROTOCOL, type ServerFrame } from '../../models/contract/live.ts';

/** A client of the wallboard's live protocol that notes when a frame first told a case of each lot. */
export class AlertWatch {
  /** By lot, ms since 1970. */
  readonly told_ms = new Map<string, number>();
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.#read(JSON.parse(data.toString('utf8')) as ServerFrame, Date.now());
    });
  }

  static async open(url: string, token: string): Promise<AlertWatch> {
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/live`, LIVE_SUBPROTOCOL, { headers });
    const watch = new AlertWatch(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ t: 'hello' }));
    socket.send(JSON.stringify({ t: 'sub', topic: 'alerts' }));
    return watch;
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
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
