import type { FastifyReply } from 'fastify';
import type { Role } from '../../../models/contract/roles.ts';
import type { SessionClaims, SessionSigner } from './session-token.ts';

export const SESSION_COOKIE = 'dms_session';

const DAY_S = 24 * 60 * 60;
/** A display is never asked to log in: its session lasts as long as browsers keep a cookie, and is renewed. */
const VIEWER_LIFE_S = 400 * DAY_S;
/** Whoever may change something signs in anew each day. */
const WORK_LIFE_S = DAY_S / 2;
const lifeOf = (role: Role): number => (role === 'viewer' ? VIEWER_LIFE_S : WORK_LIFE_S);

/** Begins a session: sets its cookie, which no script can read and no other site can make the browser send. */
export function beginSession(
  reply: FastifyReply,
  signer: SessionSigner,
  who: Pick<SessionClaims, 'role' | 'subject' | 'display_name' | 'secure'>,
  now_s: number,
): void {
  const life_s = lifeOf(who.role);
  const claims: SessionClaims = {
    role: who.role,
    subject: who.subject,
    display_name: who.display_name,
    secure: who.secure,
    issued_s: now_s,
    expires_s: now_s + life_s,
  };
  void reply.setCookie(SESSION_COOKIE, signer.sign(claims), { ...attributes(who.secure), maxAge: life_s });
}

/** A session in the second half of its life begins anew. */
export function renewSession(
  reply: FastifyReply,
  signer: SessionSigner,
  claims: SessionClaims,
  now_s: number,
): void {
  if (now_s - claims.issued_s > lifeOf(claims.role) / 2) beginSession(reply, signer, claims, now_s);
}

export function endSession(reply: FastifyReply): void {
  void reply.clearCookie(SESSION_COOKIE, attributes(false));
}

function attributes(secure: boolean) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure } as const;
}
