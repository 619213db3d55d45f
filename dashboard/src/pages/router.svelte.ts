import { searchWith } from '../address.ts';

/** Who goes back is brought to where the page stood, as soon as it is long enough again; for so long it may take to be. */
const RESTORE_MS = 3_000;

type QueryParts = Readonly<Record<string, string | undefined>>;

/** The address as reactive state. Pages are paths; the query holds how the screen wants to be seen and stays. */
export class Router {
  path = $state(location.pathname);
  search = $state(location.search);

  start(): () => void {
    const follow = (): void => {
      this.path = location.pathname;
      this.search = location.search;
      restoreScroll();
    };
    // The browser would try before the list is there.
    history.scrollRestoration = 'manual';
    restoreScroll();
    addEventListener('popstate', follow);
    addEventListener('pagehide', keepScroll);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener('pagehide', keepScroll);
    };
  }

  /** @param replace flips of a wall's pages leave no trail in the history: a screen flips for weeks */
  go(path: string, replace = false): void {
    this.to(path, location.search, replace);
  }

  /** A plain click on a link stays in the page; with a modifier the browser opens its tab. @param search of the new address */
  follow(event: MouseEvent, path: string, search = location.search): void {
    if (!isPlain(event)) return;
    event.preventDefault();
    this.to(path, search, false);
  }

  /** The same page with other parts of the query: a value of undefined or '' takes one away. */
  ask(parts: QueryParts): void {
    this.to(this.path, searchWith(location.search, parts), true);
  }

  /** The address that `ask` leads to. */
  href(parts: QueryParts): string {
    return this.path + searchWith(this.search, parts);
  }

  /** `follow` to that address. */
  followAsking(event: MouseEvent, parts: QueryParts): void {
    if (!isPlain(event)) return;
    event.preventDefault();
    this.to(this.path, searchWith(location.search, parts), false);
  }

  private to(path: string, search: string, replace: boolean): void {
    const url = path + search;
    const isOther = path !== this.path;
    if (replace) history.replaceState(history.state, '', url);
    else {
      keepScroll();
      history.pushState(null, '', url);
    }
    this.path = path;
    this.search = search;
    if (isOther && !replace) scrollTo(0, 0);
  }
}

function isPlain(event: MouseEvent): boolean {
  return !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
}

function keepScroll(): void {
  history.replaceState({ scroll_y: scrollY }, '');
}

function restoreScroll(): void {
  const state = history.state as { readonly scroll_y?: number } | null;
  if (state?.scroll_y === undefined) return;
  const [y, href, from_ms] = [state.scroll_y, location.href, Date.now()];
  const step = (): void => {
    if (location.href !== href) return;
    const room = document.documentElement.scrollHeight - innerHeight;
    if (room >= y) scrollTo(0, y);
    else if (Date.now() - from_ms < RESTORE_MS) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
