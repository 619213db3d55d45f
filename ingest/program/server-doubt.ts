import type { SqlClient } from '../../sql/client.ts';

const LOOK_EVERY_MS = 1_000;
/** The server tells how long it has been running, in whole seconds; no two starts are so close. */
const START_BLUR_S = 2;

/**
 * Whether the ClickHouse server may have been started anew since somebody last looked at what it holds: it may then hold less, because an
 * earlier copy was put back or a power cut took the latest. It is looked after all the time: to end a server, give it other data and
 * start it takes longer than lies between two looks, and one that does not answer is doubted too. (A step of the server's clock looks
 * like a start; it costs a look.)
 */
export class ServerDoubt {
  #causes = 0;
  #server_s: number | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** What was seen of the server must be looked at again once this is another number than before that look. */
  get causes(): number {
    return this.#causes;
  }

  /** Something was asked in vain. */
  add(): void {
    this.#causes += 1;
  }

  start(sql: SqlClient): void {
    let is_looking = false;
    this.#timer = setInterval(() => {
      if (is_looking) return;
      is_looking = true;
      this.#look(sql)
        .catch(() => {
          // That it does not answer is told by its neighbours.
          this.add();
        })
        .finally(() => {
          is_looking = false;
        });
    }, LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(sql: SqlClient): Promise<void> {
    const [row] = await sql.queryFile<{ server_s: number }>('queries/schema/server-start.sql');
    if (row === undefined) throw new Error('ClickHouse did not say since when it has been running');
    const before_s = this.#server_s;
    this.#server_s = row.server_s;
    if (before_s !== null && Math.abs(before_s - row.server_s) > START_BLUR_S) this.add();
  }
}
