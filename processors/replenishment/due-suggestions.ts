import { fileURLToPath } from 'node:url';
import type { Logger } from '../../ingest/program/program.ts';
import type { SqlClient } from '../../sql/client.ts';
import { runInBackground } from '../background-command.ts';
import { Poller } from '../poller.ts';
import { suggestionsDue } from './suggestions.ts';

const LOOK_EVERY_MS = 60_000;

const command = fileURLToPath(new URL('cli.ts', import.meta.url));

export interface DueSuggestions {
  /** One look at whether suggestions are due; resolves when they were made. */
  look(): Promise<void>;
  /** Ends a run under way, which then counts as none. */
  stop(): Promise<void>;
}

/**
 * Makes suggestions whenever they are due, in a process of its own with low priority. Whether they are is read from what is stored, so a run
 * that failed, or a start at any time, leaves nothing undone: it is told and tried again at the next look.
 */
export function startSuggestions(options: {
  readonly sql: SqlClient;
  readonly log: Logger;
  /** Default: looks every minute. False = only when asked. */
  readonly on_timer?: boolean;
  /** Of the runs' processes. Default: ours. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}): DueSuggestions {
  const { sql, log, on_timer = true, env = process.env } = options;
  const poller = new Poller();
  const isStopped = (): boolean => poller.signal.aborted;
  const look = async (): Promise<void> => {
    const due = await suggestionsDue(sql);
    if (!due.is_due || isStopped()) return;
    try {
      const output = await runInBackground(command, [], poller.signal, env);
      log.info({ output: output.trim() }, 'suggestions were made');
    } catch (error) {
      if (!isStopped()) throw error;
    }
  };
  if (on_timer) poller.start(look, LOOK_EVERY_MS, 'suggestions', log);
  return { look, stop: () => poller.stop() };
}
