/** Who looks at the page. A display role reads only. */
export interface Session {
  readonly role: string;
  readonly display_name: string;
}

const FRAGMENT_KEY = 'display';

/** The display token of a pairing link (`/wall/main#display=<token>`), if the address has one. */
export function tokenInFragment(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get(FRAGMENT_KEY);
  return token === null || token === '' ? undefined : token;
}

/**
 * Exchanges a display token for the session cookie.
 *
 * @returns `refused` for a token that is wrong or revoked; rejects when the server cannot be reached
 */
export async function pairDisplay(token: string): Promise<'paired' | 'refused'> {
  const response = await fetch('/v1/display/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (response.ok) return 'paired';
  if (response.status === 401 || response.status === 403 || response.status === 422) return 'refused';
  throw new Error(await problemTitle(response));
}

/** The session of this browser; undefined when the server does not know it. Rejects when it cannot be reached. */
export async function currentSession(): Promise<Session | undefined> {
  const response = await fetch('/v1/session', { cache: 'no-store' });
  if (response.status === 401) return undefined;
  if (!response.ok) throw new Error(await problemTitle(response));
  return (await response.json()) as Session;
}

const ACKNOWLEDGING_ROLES: ReadonlySet<string> = new Set(['admin']);

/** Whether this session may move a case. The server decides; this only hides what it would refuse. */
export function mayAcknowledge(session: Session | undefined): boolean {
  return session !== undefined && ACKNOWLEDGING_ROLES.has(session.role);
}

/** Moves a case to `acknowledged`. Rejects with the server's reason. */
export async function acknowledgeAlert(alert_id: string): Promise<void> {
  const response = await fetch(`/v1/alerts/${encodeURIComponent(alert_id)}/transitions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to_state: 'acknowledged' }),
  });
  if (!response.ok) throw new Error(await problemTitle(response));
}

/** The words of a problem+json, or the status line where the answer has none. */
async function problemTitle(response: Response): Promise<string> {
  const fallback = `${response.status} ${response.statusText}`;
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) return fallback;
  const problem = (await response.json()) as { title?: string; detail?: string };
  return problem.detail ?? problem.title ?? fallback;
}
