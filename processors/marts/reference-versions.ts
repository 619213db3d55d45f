import type { EventTypeName } from '../../models/contract/registry.ts';
import { defineProcessor } from '../processor.ts';
import { reloadDictionaries } from './reference-dictionaries.ts';

const TYPES: readonly EventTypeName[] = ['dealer', 'product', 'territory', 'price'];

/**
 * Loads the dictionaries of reference data again when versions have come. Figures on a timer take in no deliveries, so they cannot do
 * so themselves: those that look something up there run after this one.
 */
export const referenceVersions = defineProcessor({
  id: 'reference-versions',
  trigger: { on: 'data', types: TYPES, min_interval_ms: 1_000, deliveries_max: 1_000_000 },
  query: () => Promise.resolve(null),
  compute: () => ({}),
  store: (_, context) => reloadDictionaries(context, TYPES),
});
