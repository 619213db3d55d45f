import type { NamedAlert } from '../../../../models/contract/alert.ts';
import { read } from '../../session/answer.ts';
import type { Page } from '../paged.svelte.ts';

/** Changes come in bursts: so long the server is not asked about each. */
const PAUSE_MS = 1_500;

/** Which of the cases that changed since the list was read a text leads to. The server says it: it knows all names and all codes. */
export class CaseNews {
  #found = $state.raw<readonly string[]>([]);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;

  has(alert_id: string): boolean {
    return this.#found.includes(alert_id);
  }

  /** Asks by and by for the list as it would be now. @param path of it */
  ask(path: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(path), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  async #ask(path: string): Promise<void> {
    this.#asking?.abort();
    const asked = new AbortController();
    this.#asking = asked;
    try {
      const { body } = await read<Page<NamedAlert>>(path, asked.signal);
      this.#found = body.items.map(({ alert_id }) => alert_id);
    } catch (error) {
      // Nothing is told of what is not known; the next change asks again.
      if (!asked.signal.aborted) console.warn('whether cases changed is not known', error);
    }
  }
}
