import { afterEach, expect, test, vi } from 'vitest';
import { createLogger } from '../../ingest/program/program.ts';
import { startDailyForecast, type DailyForecast } from './daily-forecast.ts';

const LOOK_MS = 1_000;
const HOUR_MS = 3_600_000;

let forecast: DailyForecast | undefined;
afterEach(async () => {
  await forecast?.stop();
  vi.useRealTimers();
});

/** A channel whose state the test says, and the versions made of it. */
function channelOf(state: { is_due: boolean; is_loading: boolean; caught_up: boolean }) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const made: string[] = [];
  forecast = startDailyForecast({
    sql: { queryFile: <Row>() => Promise.resolve([{ ...state }] as Row[]) },
    time_zone: 'Asia/Shanghai',
    log: createLogger('test', 'silent'),
    hasCaughtUp: () => state.caught_up,
    run: () => {
      made.push('version');
      state.is_due = false;
      return Promise.resolve('made');
    },
    waits: { first_ms: LOOK_MS, every_ms: 100 * LOOK_MS, wait_ms: LOOK_MS },
  });
  return made;
}

test('a version waits until the history is loaded and its marts have caught up, and is made once', async () => {
  const state = { is_due: true, is_loading: true, caught_up: true };
  const made = channelOf(state);
  await vi.advanceTimersByTimeAsync(10 * LOOK_MS);
  expect(made).toEqual([]);
  Object.assign(state, { is_loading: false, caught_up: false });
  await vi.advanceTimersByTimeAsync(10 * LOOK_MS);
  expect(made).toEqual([]);
  state.caught_up = true;
  await vi.advanceTimersByTimeAsync(LOOK_MS);
  // There at one look: it may be a pause between two files.
  expect(made).toEqual([]);
  await vi.advanceTimersByTimeAsync(10 * LOOK_MS);
  expect(made).toEqual(['version']);
});

test('a channel that is always behind is forecast as it is, after hours', async () => {
  const made = channelOf({ is_due: true, is_loading: true, caught_up: false });
  await vi.advanceTimersByTimeAsync(3 * HOUR_MS);
  expect(made).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS);
  expect(made).toEqual(['version']);
});

test('a history that begins to come after the first look is not left waiting', async () => {
  const state = { is_due: false, is_loading: false, caught_up: true };
  const made = channelOf(state);
  await vi.advanceTimersByTimeAsync(30 * LOOK_MS);
  state.is_due = true;
  await vi.advanceTimersByTimeAsync(5 * LOOK_MS);
  expect(made).toEqual(['version']);
});
