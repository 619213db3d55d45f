/** Where an address leads. Later pages are one line here and one branch in App.svelte. */
export type Route = { readonly page: 'wall'; readonly wall_page: WallPage } | { readonly page: 'not_found' };

/** The pages that a wall flips through, in order. */
export const WALL_PAGES = ['main', 'operations'] as const;
export type WallPage = (typeof WALL_PAGES)[number];

/** Reads a path. `/` and `/wall` are the wall's first page. */
export function routeOf(path: string): Route {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '' || trimmed === '/wall') return { page: 'wall', wall_page: 'main' };
  const wall_page = WALL_PAGES.find((page) => trimmed === wallPath(page));
  return wall_page === undefined ? { page: 'not_found' } : { page: 'wall', wall_page };
}

export function wallPath(page: WallPage): string {
  return `/wall/${page}`;
}

/** The page `step` further on, around the end. */
export function wallPageAfter(page: WallPage, step: number): WallPage {
  const at = WALL_PAGES.indexOf(page) + step;
  return WALL_PAGES[((at % WALL_PAGES.length) + WALL_PAGES.length) % WALL_PAGES.length] ?? 'main';
}
