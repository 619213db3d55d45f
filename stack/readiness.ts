import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../ingest/program/caught.ts';
import { tailOf, type Child } from './child.ts';

/** A child that ended, or did not become healthy in time. Its message carries the child's last lines. */
class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
}

/** How whoever starts a child takes part in it. */
export interface StartControl {
  /** Gives up the start. */
  signal?: AbortSignal;
  /** Is told of the process as soon as there is one, long before it is ready. */
  onSpawn?: (child: Child) => void;
}

/** Probes are cheap (one loopback request); this only bounds how often a starting program is asked. */
const PROBE_INTERVAL_MS = 100;

/**
 * Asks `probe` until it resolves: the child is then healthy. A rejection of the probe means "not yet".
 * @throws NotReadyError when the child ends first, or after `timeout_ms`, with the probe's last reason; the signal's
 * reason when the start is given up.
 */
export async function untilReady(
  name: string,
  child: Child,
  probe: () => Promise<void>,
  timeout_ms: number,
  control: StartControl = {},
): Promise<void> {
  control.onSpawn?.(child);
  const deadline = performance.now() + timeout_ms;
  for (;;) {
    control.signal?.throwIfAborted();
    const exit = child.exit();
    if (exit !== undefined) {
      throw new NotReadyError(`${name} ended while starting (${describe(exit)})${lastLines(child)}`);
    }
    try {
      await probe();
      return;
    } catch (error) {
      if (performance.now() > deadline) {
        const reason = messageOf(error);
        throw new NotReadyError(
          `${name} was not ready within ${timeout_ms / 1000} s: ${reason}${lastLines(child)}`,
        );
      }
    }
    await Promise.race([delay(PROBE_INTERVAL_MS), child.exited]);
  }
}

function describe(exit: { code: number | null; signal: string | null }): string {
  return exit.signal === null ? `exit code ${String(exit.code)}` : exit.signal;
}

function lastLines(child: Child): string {
  const tail = tailOf(child.logFile, 15);
  return tail === '' ? `; ${child.logFile} is empty` : `; the end of ${child.logFile}:\n${tail}`;
}
