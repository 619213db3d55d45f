import { defineProcessor, type Output } from '../processor.ts';

/** Wakes the cases when people moved one: the move itself is read from the core view. */
export const caseMoves = defineProcessor<null, Output>({
  id: 'case-moves',
  trigger: { on: 'data', types: ['case_transition'], min_interval_ms: 200, deliveries_max: 10_000 },
  query: () => Promise.resolve(null),
  compute: () => ({}),
  store: () => Promise.resolve(),
});
