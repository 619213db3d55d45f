import type { ServerResponse } from 'node:http';
import type { LiveSocket } from './client.ts';

const BEFORE = Buffer.from('data: ');
const AFTER = Buffer.from('\n\n');
/** A comment of the format: it keeps proxies from cutting a quiet stream. */
const COMMENT = ':\n\n';

/**
 * A response of `text/event-stream` (WHATWG HTML, Server-sent events) as a socket of the hub: one message a frame, which is JSON
 * on one line. It says nothing back, so that a peer counts as alive as long as the kernel takes what is written.
 */
export class EventStreamSocket implements LiveSocket {
  readonly #response: ServerResponse;
  readonly #alive: () => void;

  /** @param alive told at each ping for which nothing waits unsent */
  constructor(response: ServerResponse, alive: () => void) {
    this.#response = response;
    this.#alive = alive;
  }

  get bufferedAmount(): number {
    return this.#response.writableLength;
  }

  send(data: Buffer): void {
    this.#response.write(Buffer.concat([BEFORE, data, AFTER]));
  }

  ping(): void {
    if (this.bufferedAmount === 0) this.#alive();
    this.#response.write(COMMENT);
  }

  /** The code of the WebSocket's close frame goes as an event of its own. */
  close(code: number, reason: string): void {
    this.#response.end(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
  }

  terminate(): void {
    this.#response.destroy();
  }
}
