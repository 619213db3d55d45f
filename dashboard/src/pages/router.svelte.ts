/** The address as reactive state. Pages are paths; the query holds how the screen wants to be seen and stays. */
export class Router {
  path = $state(location.pathname);

  start(): () => void {
    const follow = (): void => {
      this.path = location.pathname;
    };
    addEventListener('popstate', follow);
    return () => {
      removeEventListener('popstate', follow);
    };
  }

  /** @param replace flips of a wall's pages leave no trail in the history: a screen flips for weeks */
  go(path: string, replace = false): void {
    const url = path + location.search;
    if (replace) history.replaceState(null, '', url);
    else history.pushState(null, '', url);
    this.path = path;
  }
}
