import type { EventTypeName } from '../../models/contract/registry.ts';
import type { RunContext } from '../processor.ts';
import { rangesByType } from './ranges-by-type.ts';

/** The dictionary in which the versions of a reference type are looked up. */
const DICTIONARY: Readonly<Partial<Record<EventTypeName, string>>> = {
  dealer: 'raw_dealer_versions',
  product: 'raw_product_versions',
  territory: 'raw_territory_versions',
  price: 'raw_price_versions',
};

/**
 * Loads the dictionaries of the named types again when this run takes in new versions of any: a figure computed from the
 * versions before would otherwise stay.
 */
export async function reloadDictionaries(
  context: Pick<RunContext, 'sql' | 'ranges'>,
  types: readonly EventTypeName[],
): Promise<void> {
  for (const { event_type } of rangesByType(context.ranges)) {
    const dictionary = DICTIONARY[event_type];
    if (dictionary === undefined || !types.includes(event_type)) continue;
    await context.sql.commandFile('queries/processors/reload-dictionary.sql', { params: { dictionary } });
  }
}
