/** Where an address leads. */
export type Route =
  | { readonly page: 'wall'; readonly wall_page: WallPage }
  | WorkRoute
  /** The phone's page: no session, a key of its own. */
  | { readonly page: 'scan' }
  | { readonly page: 'not_found' };

/** A page to work at, beside the wall, or one thing on it (`/alerts/<id>`); its code is loaded when it is first opened. */
export interface WorkRoute {
  readonly page: 'work';
  readonly work_page: WorkPage;
  readonly id?: string;
}

/** The pages to work at, in the order of their links. Each is one branch in work/Work.svelte. */
export const WORK_PAGES = [
  'alerts',
  'dealers',
  'forecast',
  'replenishment',
  'reconciliation',
  'notes',
] as const;
export type WorkPage = (typeof WORK_PAGES)[number];
/** Those that have a page for each thing that they list. */
const WITH_DETAIL: ReadonlySet<WorkPage> = new Set(['alerts', 'dealers']);

/** The pages that a wall flips through, in order. */
export const WALL_PAGES = ['main', 'operations'] as const;
export type WallPage = (typeof WALL_PAGES)[number];

/** Its document may run WebAssembly, so it is not reached without loading it. */
export const SCAN_PATH = '/scan';

/** Reads a path. `/` and `/wall` are the wall's first page. */
export function routeOf(path: string): Route {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '' || trimmed === '/wall') return { page: 'wall', wall_page: 'main' };
  const wall_page = WALL_PAGES.find((page) => trimmed === wallPath(page));
  if (wall_page !== undefined) return { page: 'wall', wall_page };
  if (trimmed === SCAN_PATH) return { page: 'scan' };
  return workRouteOf(trimmed) ?? { page: 'not_found' };
}

export function wallPath(page: WallPage): string {
  return `/wall/${page}`;
}

/** @param id of one thing that the page lists */
export function workPath(page: WorkPage, id?: string): string {
  return id === undefined ? `/${page}` : `/${page}/${encodeURIComponent(id)}`;
}

/** Undefined for another path, or one that no browser would write. */
function workRouteOf(path: string): WorkRoute | undefined {
  const [, name, encoded] = /^\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const work_page = WORK_PAGES.find((page) => page === name);
  if (work_page === undefined) return undefined;
  if (encoded === undefined) return { page: 'work', work_page };
  if (!WITH_DETAIL.has(work_page)) return undefined;
  try {
    return { page: 'work', work_page, id: decodeURIComponent(encoded) };
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
