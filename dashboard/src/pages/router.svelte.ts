import { searchWith } from '../address.ts';

type QueryParts = Readonly<Record<string, string | undefined>>;

/** The address as reactive state. Pages are paths; the query holds how the screen wants to be seen and stays. */
export class Router {
  path = $state(location.pathname);
  search = $state(location.search);

  start(): () => void {
    const follow = (): void => {
      this.path = location.pathname;
      this.search = location.search;
    };
    addEventListener('popstate', follow);
    return () => {
      removeEventListener('popstate', follow);
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
    if (replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    this.path = path;
    this.search = search;
  }
}

function isPlain(event: MouseEvent): boolean {
  return !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0;
}
