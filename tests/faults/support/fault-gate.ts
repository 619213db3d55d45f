import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * What the network does to an exchange:
 * - `pass`: nothing;
 * - `delay`: every piece of it comes late;
 * - `cut_request`: the connection is reset in the middle of a large request;
 * - `cut_answer`: the request arrives whole, and the connection is reset before a byte of the answer is through;
 * - `lose_answers`, `lose_requests`: one direction carries nothing, and nobody is told.
 */
export const GATE_MODES = [
  'pass',
  'delay',
  'cut_request',
  'cut_answer',
  'lose_answers',
  'lose_requests',
] as const;
export type GateMode = (typeof GATE_MODES)[number];

/** A request counts as large, an insert and not a question, from so many bytes on. */
const LARGE_BYTES = 4_096;

/** A TCP proxy on loopback in front of a server, which behaves as a bad network does. */
export class FaultGate {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #mode: GateMode = 'pass';
  #delay_ms = 0;
  #cuts = 0;

  private constructor(target: URL) {
    this.#server = createServer((client) => {
      const pair = new Pair(client, connect(Number(target.port), target.hostname));
      this.#pairs.add(pair);
      pair.onRequest = (bytes) => this.#request(pair, bytes);
      pair.onAnswer = (bytes) => this.#answer(pair, bytes);
      pair.onClose = () => this.#pairs.delete(pair);
    });
  }

  static async before(url: string): Promise<FaultGate> {
    const gate = new FaultGate(new URL(url));
    await new Promise<void>((resolve) => gate.#server.listen(0, '127.0.0.1', resolve));
    return gate;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the gate does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Connections that it has reset or robbed of bytes. */
  get cuts(): number {
    return this.#cuts;
  }

  /** Behaves in a mode from now on. Connections that lack bytes are reset: nothing sound could follow on them. */
  set(mode: GateMode, delay_ms = 0): void {
    this.#mode = mode;
    this.#delay_ms = delay_ms;
    for (const pair of this.#pairs) if (pair.robbed) pair.reset();
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) pair.reset();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #request(pair: Pair, bytes: Buffer): Promise<Buffer | null> {
    pair.requested += bytes.length;
    if (this.#mode === 'delay') await delay(this.#delay_ms);
    if (this.#mode === 'lose_requests') return this.#rob(pair);
    if (this.#mode === 'cut_request' && pair.requested > LARGE_BYTES) return this.#cut(pair);
    return bytes;
  }

  async #answer(pair: Pair, bytes: Buffer): Promise<Buffer | null> {
    const large = pair.requested > LARGE_BYTES;
    pair.requested = 0;
    if (this.#mode === 'delay') await delay(this.#delay_ms);
    if (this.#mode === 'lose_answers') return this.#rob(pair);
    if (this.#mode === 'cut_answer' && large) return this.#cut(pair);
    return bytes;
  }

  #rob(pair: Pair): null {
    if (!pair.robbed) this.#cuts += 1;
    pair.robbed = true;
    return null;
  }

  #cut(pair: Pair): null {
    this.#cuts += 1;
    pair.reset();
    return null;
  }
}

type Carry = (bytes: Buffer) => Promise<Buffer | null>;

/** A client's connection and the server's, with what passes between them. */
class Pair {
  onRequest: Carry = (bytes) => Promise.resolve(bytes);
  onAnswer: Carry = (bytes) => Promise.resolve(bytes);
  onClose: () => void = () => undefined;
  /** Bytes of the request that is under way. */
  requested = 0;
  /** Bytes of it were swallowed. */
  robbed = false;
  readonly #client: Socket;
  readonly #server: Socket;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
    this.#carry(client, server, (bytes) => this.onRequest(bytes));
    this.#carry(server, client, (bytes) => this.onAnswer(bytes));
  }

  /**
   * Closes both at once; whoever has sent something that was not read yet gets an RST from the kernel. (Not by
   * `resetAndDestroy`: with a shutdown under way it leaves a handle open, for which Node waits for ever when it exits.)
   */
  reset(): void {
    this.#client.destroy();
    this.#server.destroy();
    this.onClose();
  }

  /** In order, one piece at a time. */
  #carry(from: Socket, to: Socket, through: Carry): void {
    let queue: Promise<void> = Promise.resolve();
    const next = (work: () => Promise<void> | void): void => {
      queue = queue.then(work);
    };
    from.on('data', (bytes: Buffer) => {
      from.pause();
      next(async () => {
        const passed = await through(bytes);
        if (passed !== null && !to.destroyed && !to.write(passed)) {
          await new Promise<void>((resolve) => {
            to.once('drain', resolve).once('close', resolve);
          });
        }
        from.resume();
      });
    });
    from.on('end', () => {
      next(() => {
        to.end();
      });
    });
    // What failed does not matter here: the other half must not linger.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      next(() => {
        to.destroy();
        this.onClose();
      });
    });
  }
}
