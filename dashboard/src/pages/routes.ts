/** Where an address leads. Later pages are one line here and one branch in App.svelte. */
export type Route =
  { readonly page: 'wall'; readonly wall_page: WallPage } | WorkRoute | { readonly page: 'not_found' };

/** A page to work at, beside the wall; its code is loaded when it is first opened. */
export type WorkRoute = { readonly page: 'alerts' } | { readonly page: 'case'; readonly alert_id: string };

/** The list of cases. */
export const ALERTS_PATH = '/alerts';

/** The pages that a wall flips through, in order. */
export const WALL_PAGES = ['main', 'operations'] as const;
export type WallPage = (typeof WALL_PAGES)[number];

/** Reads a path. `/` and `/wall` are the wall's first page. */
export function routeOf(path: string): Route {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '' || trimmed === '/wall') return { page: 'wall', wall_page: 'main' };
  if (trimmed === ALERTS_PATH) return { page: 'alerts' };
  const alert_id = alertIdIn(trimmed);
  if (alert_id !== undefined) return { page: 'case', alert_id };
  const wall_page = WALL_PAGES.find((page) => trimmed === wallPath(page));
  return wall_page === undefined ? { page: 'not_found' } : { page: 'wall', wall_page };
}

export function wallPath(page: WallPage): string {
  return `/wall/${page}`;
}

export function casePath(alert_id: string): string {
  return `${ALERTS_PATH}/${encodeURIComponent(alert_id)}`;
}

/** The case that a path names; undefined for another path, or one that no browser would write. */
function alertIdIn(path: string): string | undefined {
  const [, encoded] = /^\/alerts\/([^/]+)$/.exec(path) ?? [];
  if (encoded === undefined) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** The page `step` further on, around the end. */
export function wallPageAfter(page: WallPage, step: number): WallPage {
  const at = WALL_PAGES.indexOf(page) + step;
  return WALL_PAGES[((at % WALL_PAGES.length) + WALL_PAGES.length) % WALL_PAGES.length] ?? 'main';
}
