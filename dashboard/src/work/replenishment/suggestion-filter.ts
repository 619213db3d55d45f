import { SUGGESTION_STATES, type SuggestionState } from '../../../../models/contract/suggestion.ts';

/** What the page shows, as its address says (`?view=&dealer=&sku=&state=`). */
export interface SuggestionFilter {
  readonly view: 'replenishment' | 'transfers';
  readonly dealer_id: string;
  readonly sku_id: string;
  /** `any` = whatever was decided. A planner comes for what is open. */
  readonly state: SuggestionState | 'any';
}

const STATES = [...SUGGESTION_STATES, 'any'] as const;

/** Reads the address; what it says wrongly counts as unsaid. */
export function suggestionFilterOf(search: string): SuggestionFilter {
  const asked = new URLSearchParams(search);
  return {
    view: asked.get('view') === 'transfers' ? 'transfers' : 'replenishment',
    dealer_id: asked.get('dealer') ?? '',
    sku_id: asked.get('sku') ?? '',
    state: STATES.find((state) => state === asked.get('state')) ?? 'open',
  };
}

/** Whether the list leaves out more than what was decided. */
export function isNarrowed({ dealer_id, sku_id, state }: SuggestionFilter): boolean {
  return dealer_id !== '' || sku_id !== '' || (state !== 'open' && state !== 'any');
}

/** The address of the list's first page at the server, or of a file of the whole list. */
export function suggestionsPath(filter: SuggestionFilter, format?: 'csv' | 'xlsx' | 'parquet'): string {
  const query = new URLSearchParams();
  if (filter.dealer_id !== '') query.set('dealer_id', filter.dealer_id);
  if (filter.sku_id !== '') query.set('sku_id', filter.sku_id);
  if (filter.state !== 'any') query.set('state', filter.state);
  if (format !== undefined) query.set('format', format);
  return query.size === 0 ? `/v1/${filter.view}` : `/v1/${filter.view}?${query.toString()}`;
}
