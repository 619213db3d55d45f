import { copyFileSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** A log is cut at this size; the part before the cut stays as NAME.log.1 until the next cut. */
const LOG_BYTES_MAX = 20 * 1024 * 1024;
const CHECK_INTERVAL_MS = 30_000;

/**
 * Keeps every log of a folder within two pieces of `LOG_BYTES_MAX`. Children append, so a log is copied aside and cut
 * in place; lines written between the two (microseconds) are lost. Returns the end of the watch.
 */
export function limitLogFiles(dir: string, onError: (error: Error) => void): () => void {
  const timer = setInterval(() => {
    try {
      for (const name of readdirSync(dir)) if (name.endsWith('.log')) cut(join(dir, name));
    } catch (error) {
      onError(error as Error);
    }
  }, CHECK_INTERVAL_MS);
  return () => {
    clearInterval(timer);
  };
}

function cut(file: string): void {
  if (statSync(file).size <= LOG_BYTES_MAX) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}
