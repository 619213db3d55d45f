import { createServer, connect, type Server, type Socket } from 'node:net';

/**
 * A door on loopback between a client and a server: open it passes bytes on, shut it cuts every connection and refuses
 * new ones, as a lost network does, frozen it takes connections and passes nothing on, as a process does that is stopped.
 */
export class TcpGate {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #pipes = new Set<{ readonly from: Socket; readonly to: Socket }>();
  #open = true;
  #frozen = false;

  private constructor(target: URL) {
    this.#server = createServer((client) => {
      if (!this.#open) {
        client.destroy();
        return;
      }
      const upstream = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        this.#sockets.add(from);
        const pipe = { from, to };
        this.#pipes.add(pipe);
        if (!this.#frozen) from.pipe(to);
        // The other half must not linger when one is cut; which of them failed does not matter here.
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          this.#pipes.delete(pipe);
          to.destroy();
        });
      }
    });
  }

  static async before(url: string): Promise<TcpGate> {
    const gate = new TcpGate(new URL(url));
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the gate does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  shut(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  open(): void {
    this.#open = true;
  }

  freeze(): void {
    this.#frozen = true;
    for (const { from, to } of this.#pipes) from.unpipe(to).pause();
  }

  thaw(): void {
    this.#frozen = false;
    for (const { from, to } of this.#pipes) from.pipe(to);
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
