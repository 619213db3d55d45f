import type { Member } from '../../server/forecasts/series-rows.ts';
import type { DealerRow } from '../../server/dealers/dealer-rows.ts';
import { read } from '../session/answer.ts';
import { membersPath } from './forecast/forecast-choice.ts';
import type { Page } from './paged.svelte.ts';

/** Those whose id or name a text is in. */
export interface Members {
  readonly items: readonly Member[];
  /** Whether there are no others. */
  readonly isAll: boolean;
}

/** Where a field looks members up. Throws as `read` does. */
export type MemberSource = (find: string, signal: AbortSignal) => Promise<Members>;

/** What a version of the forecast offers at once. */
const FORECAST_MEMBERS = 20;
/** As many dealers as one answer holds. */
const DEALERS = 200;

/** Dealers or products of a forecast version, '' = the latest: suggestions are about the same ones. */
export function forecastMembers(version: string, kind: 'dealer' | 'sku'): MemberSource {
  return async (find, signal) => {
    const { items } = (await read<{ items: Member[] }>(membersPath(version, kind, find), signal)).body;
    return { items, isAll: items.length < FORECAST_MEMBERS };
  };
}

/** All dealers that there are now. */
export const dealerMembers: MemberSource = async (find, signal) => {
  const query = new URLSearchParams({ limit: String(DEALERS), ...(find !== '' && { find }) });
  const { body } = await read<Page<DealerRow>>(`/v1/dealers?${query.toString()}`, signal);
  const items = body.items.map(({ dealer_id, name }) => ({ id: dealer_id, name }));
  return { items, isAll: body.next_cursor === undefined };
};

/**
 * The id that somebody means by a text: that id itself, the one whose name it is, or the only one that it is a part of. An id that
 * nobody knows stays as it is written. Undefined when several may be meant.
 */
export function idMeant(text: string, { items, isAll }: Members): string | undefined {
  const wanted = text.toLocaleLowerCase();
  const is = (written: string): boolean => written.toLocaleLowerCase() === wanted;
  const exact = items.find(({ id }) => id === text) ?? items.find(({ id, name }) => is(id) || is(name));
  if (exact !== undefined) return exact.id;
  const [only, another] = items;
  if (another === undefined) return only?.id ?? text;
  // Of too many the one of this very id may not be among those told.
  return isAll ? undefined : text;
}
