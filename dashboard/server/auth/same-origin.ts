import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a browser sent this from a page of our own. A browser tells `Sec-Fetch-Site` (all current ones), or at least
 * `Origin`, and no page can forge either. `unknown`: neither is there, so it is no browser or a very old one.
 */
export function originOf(headers: IncomingHttpHeaders): 'same' | 'other' | 'unknown' {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' ? 'same' : 'other';
  const { origin, host } = headers;
  if (origin === undefined) return 'unknown';
  return URL.canParse(origin) && new URL(origin).host === host ? 'same' : 'other';
}
