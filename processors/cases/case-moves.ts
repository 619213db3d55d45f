import { defineProcessor, type Output } from '../processor.ts';

/** Wakes the cases when people moved, merged or split some: what they said is read from the core views. */
export const caseMoves = defineProcessor<null, Output>({
  id: 'case-moves',
  lane: 'cases',
  trigger: {
    on: 'data',
    types: ['case_transition', 'case_grouping'],
    min_interval_ms: 200,
    deliveries_max: 10_000,
  },
  query: () => Promise.resolve(null),
  compute: () => ({}),
  store: () => Promise.resolve(),
});
