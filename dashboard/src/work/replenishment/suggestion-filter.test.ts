import { describe, expect, it } from 'vitest';
import { suggestionFilterOf, suggestionsPath } from './suggestion-filter.ts';

describe('the filter of suggestions', () => {
  it('asks the server for what the address says, and for the same as a file', () => {
    const filter = suggestionFilterOf('?lang=en&view=transfers&dealer=%3DD2&sku=0017&state=edited');
    expect(suggestionsPath(filter)).toBe('/v1/transfers?dealer_id=%3DD2&sku_id=0017&state=edited');
    expect(suggestionsPath(filter, 'xlsx')).toBe(
      '/v1/transfers?dealer_id=%3DD2&sku_id=0017&state=edited&format=xlsx',
    );
  });

  it('shows what is open unless the address says otherwise', () => {
    expect(suggestionsPath(suggestionFilterOf('?state=lost&view=none'))).toBe('/v1/replenishment?state=open');
    expect(suggestionsPath(suggestionFilterOf('?state=any'))).toBe('/v1/replenishment');
  });
});
