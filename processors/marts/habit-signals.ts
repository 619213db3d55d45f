import type { HabitSignal } from '../../models/diversion/habit.ts';
import { defineProcessor, type Output, type RunContext } from '../processor.ts';
import {
  dealerSignalRows,
  readDealerHabits,
  type DealerHabits,
  type DealerSignalRow,
} from './dealer-habits.ts';
import { judgeApart } from './judge-apart.ts';

/** A signal that began so early in the days looked at is not withdrawn for want of what lies before: it stays as it was judged. */
const LEAVING_DAYS = 28;

interface Input extends DealerHabits {
  readonly known: readonly DealerSignalRow[];
}
interface Result extends Output {
  readonly fresh: readonly DealerSignalRow[];
  readonly ended: readonly DealerSignalRow[];
}

/**
 * Keeps the signals missing_scans, order_surge and paired_buyer of `mart_dealer_signals`: what a dealer's scans and orders say
 * over the last 120 days up to the newest event. All are judged anew each time, so late and corrected events restate them;
 * what began before those days stays as it was.
 */
export const habitSignals = defineProcessor<Input | null, Result>({
  id: 'habit-signals',
  lane: 'slow',
  trigger: {
    on: 'timer',
    every_ms: 600_000,
    after: ['order-lines', 'sales-days', 'code-journeys', 'stock-days', 'reference-versions'],
    min_interval_ms: 45_000,
    // Half of a history is silence to whoever looks for it.
    caught_up: true,
  },
  query: readHabits,
  compute: async (input) => {
    if (input === null) return { fresh: [], ended: [], is_stored: false };
    const { fresh, ended } = differenceOf(input, await judgeApart(input));
    return { fresh, ended, is_stored: fresh.length + ended.length > 0 };
  },
  store: async ({ fresh, ended }, { sql, version }) => {
    await sql.insertRows('raw_mart_dealer_signals', [
      ...ended.map((row) => ({ ...row, version: 2 * version, is_deleted: 1 })),
      ...fresh.map((row) => ({ ...row, version: 2 * version + 1, is_deleted: 0 })),
    ]);
  },
});

/** Null before any order or scan has come. */
async function readHabits({ sql, settings, now }: RunContext): Promise<Input | null> {
  const watermarks = await sql.queryFile<{ watermark: string }>('queries/processors/feed-watermarks.sql', {
    params: { types: ['order', 'scan'], now },
  });
  const newest = watermarks
    .map((row) => row.watermark)
    .sort()
    .at(-1);
  if (newest === undefined) return null;
  const habits = await readDealerHabits(sql, settings.time_zone, new Date(newest));
  const known = await sql.queryFile<DealerSignalRow>('queries/processors/habit-known.sql');
  return { ...habits, known };
}

/** What holds now and was not known so, and what was known and holds no more. */
function differenceOf(
  input: Input,
  signals: readonly HabitSignal[],
): { fresh: DealerSignalRow[]; ended: DealerSignalRow[] } {
  const rows = dealerSignalRows(signals, input);
  const known = new Map(input.known.map((row) => [keyOf(row), row]));
  const now = new Set(rows.map(keyOf));
  const leaving = input.clock.midnights[LEAVING_DAYS] ?? '';
  return {
    fresh: rows.filter((row) => !isSame(row, known.get(keyOf(row)))),
    ended: input.known.filter(
      (row) => !now.has(keyOf(row)) && Date.parse(row.first_event_time) >= Date.parse(leaving),
    ),
  };
}

function keyOf({ kind, origin_dealer_id, sku_id, found_dealer_id, ref }: DealerSignalRow): string {
  return [kind, origin_dealer_id, sku_id, found_dealer_id, ref].join('|');
}

/** Whether a stored signal says the same; its last event grows with the day, and is told with the next change. */
function isSame(row: DealerSignalRow, known: DealerSignalRow | undefined): boolean {
  return (
    known !== undefined &&
    Math.abs(row.log_odds - known.log_odds) < 1e-6 &&
    Math.abs(row.units - known.units) < 1e-6 &&
    row.event_time.slice(0, 10) === known.event_time.slice(0, 10) &&
    row.region === known.region
  );
}
