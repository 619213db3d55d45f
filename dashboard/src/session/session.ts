import { hasRight, type Right, type Role } from '../../../models/contract/roles.ts';
import { AnswerError, post, read } from './answer.ts';

/** Who looks at the page. A display is a viewer. */
export interface Session {
  readonly role: Role;
  readonly display_name: string;
}

const FRAGMENT_KEY = 'display';
/** Answers to a token that is none, or no longer. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 422]);

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
  try {
    await post('/v1/display/session', { token });
    return 'paired';
  } catch (error) {
    if (error instanceof AnswerError && REFUSALS.has(error.status)) return 'refused';
    throw error;
  }
}

/** The session of this browser; undefined when the server does not know it. Rejects when it cannot be reached. */
export async function currentSession(): Promise<Session | undefined> {
  try {
    return (await read<Session>('/v1/session')).body;
  } catch (error) {
    if (error instanceof AnswerError && error.status === 401) return undefined;
    throw error;
  }
}

/** Whether this session has the right. The server decides; this only hides what it would refuse. */
export function may(session: Session | undefined, right: Right): boolean {
  return session !== undefined && hasRight(session.role, right);
}

/** Moves a case to `acknowledged`. Rejects with the server's reason. */
export async function acknowledgeAlert(alert_id: string): Promise<void> {
  await post(`/v1/alerts/${encodeURIComponent(alert_id)}/transitions`, { to_state: 'acknowledged' });
}
