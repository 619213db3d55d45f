import { runSink } from '../../ingest/sink/run-sink.ts';
import type { Ledger } from '../../ingest/sink/protocol/ports.ts';

/**
 * The sink with everything but ClickHouse: fetches, splices, hashes and commits its intents, and takes each block for
 * stored at once. What it drains is the most that the sink could with an infinitely fast database.
 */
runSink(({ log }) => ({ log, ledger: ledgerThatKeepsNothing() }));

function ledgerThatKeepsNothing(): Ledger {
  const done = (): Promise<void> => Promise.resolve();
  return {
    insert: done,
    kill: done,
    count: (first, last) => Promise.resolve({ rows: last - first + 1, offsets: last - first + 1 }),
    maxOffsets: () => Promise.resolve({ server_s: 0, stored: null, accounted: null }),
    recentFrom: (_, least) => Promise.resolve(least),
    rederive: done,
    setAside: done,
    isSetAside: () => Promise.resolve(true),
    declareLoss: done,
  };
}
