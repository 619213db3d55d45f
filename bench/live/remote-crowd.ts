import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CrowdAnswer, CrowdStep } from './crowd-process.ts';
import type { Heard, Storm } from './crowd.ts';

/** A crowd of clients in a process of its own, so that its work is not the server's and delays no clock of the measurement. */
export class RemoteCrowd {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'crowd-process.ts'));
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the crowd did not start');
    return pid;
  }

  async gather(url: string, token: string, clients: number): Promise<void> {
    await this.#ask({ step: 'gather', url, token, clients });
  }

  async listen(): Promise<void> {
    await this.#ask({ step: 'listen' });
  }

  async heard(): Promise<Heard> {
    const answer = await this.#ask({ step: 'heard' });
    if (answer.done !== 'heard') throw new Error(`asked what was heard, the crowd answered ${answer.done}`);
    return answer.heard;
  }

  async storm(): Promise<Storm> {
    const answer = await this.#ask({ step: 'storm' });
    if (answer.done !== 'storm') throw new Error(`asked for a storm, the crowd answered ${answer.done}`);
    return answer.storm;
  }

  async stall(): Promise<void> {
    await this.#ask({ step: 'stall' });
  }

  end(): void {
    this.#child.kill();
  }

  async #ask(order: CrowdStep): Promise<CrowdAnswer> {
    const answered = once(this.#child, 'message') as Promise<[CrowdAnswer]>;
    const ended = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`the crowd ended with ${String(code)} at ${order.step}`);
    });
    this.#child.send(order);
    const [answer] = await Promise.race([answered, ended]);
    return answer;
  }
}
