/** What `startKafka` and `startClickHouse` give. */
interface Server {
  readonly ports: object;
  readonly child: { readonly pid: number };
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

/** A server that is killed and started again on the same folder and ports. */
export class Killable<S extends Server> {
  readonly #start: (ports?: S['ports']) => Promise<S>;
  #running: S;

  private constructor(start: (ports?: S['ports']) => Promise<S>, running: S) {
    this.#start = start;
    this.#running = running;
  }

  static async of<S extends Server>(start: (ports?: S['ports']) => Promise<S>): Promise<Killable<S>> {
    return new Killable(start, await start());
  }

  get running(): S {
    return this.#running;
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    process.kill(this.#running.child.pid, 'SIGKILL');
    await this.#running.exited;
  }

  /** Starts it again; resolves when it answers. */
  async restart(): Promise<void> {
    this.#running = await this.#start(this.#running.ports);
  }

  async stop(): Promise<void> {
    await this.#running.stop();
  }
}
