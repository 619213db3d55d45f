import { read } from '../session/answer.ts';

/** An answer of a listing call. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor?: string;
}

/** A list that the server gives page by page, as reactive state. A newer question ends the one before it. */
export class Paged<Answer extends Page<unknown>> {
  /** Undefined until the first page is there. */
  items = $state.raw<Answer['items'] | undefined>(undefined);
  /** The last answer, for what it says beside its items. */
  answer = $state.raw<Answer | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  loading = $state(false);
  #asking: AbortController | undefined;

  /** Whether there is more than is listed. */
  get hasMore(): boolean {
    return this.answer?.next_cursor !== undefined;
  }

  /** Begins anew, with nothing listed until the first page is there. @param path of the first page */
  async begin(path: string): Promise<void> {
    this.items = undefined;
    this.answer = undefined;
    await this.refresh(path);
  }

  /** The first page in place of all that is listed. */
  async refresh(path: string): Promise<void> {
    await this.#load(path, []);
  }

  /** The page after those that are listed. */
  async more(path: string): Promise<void> {
    const cursor = this.answer?.next_cursor;
    if (cursor === undefined) return;
    const joint = path.includes('?') ? '&' : '?';
    await this.#load(`${path}${joint}cursor=${encodeURIComponent(cursor)}`, this.items ?? []);
  }

  /** Nobody waits for an answer any more. */
  stop(): void {
    this.#asking?.abort();
  }

  async #load(path: string, before: Answer['items']): Promise<void> {
    this.#asking?.abort();
    const asked = new AbortController();
    this.#asking = asked;
    this.loading = true;
    this.error = undefined;
    try {
      const { body } = await read<Answer>(path, asked.signal);
      this.items = [...before, ...body.items];
      this.answer = body;
    } catch (failed) {
      if (!asked.signal.aborted) this.error = failed;
    } finally {
      if (this.#asking === asked) this.loading = false;
    }
  }
}
