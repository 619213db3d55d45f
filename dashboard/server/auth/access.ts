import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createAuthenticator, presentedToken, type KeyLookup } from '../../../ingest/keys/permit.ts';
import { ProblemError } from '../http/problem.ts';
import { originOf } from './same-origin.ts';
import { SESSION_COOKIE, renewSession } from './session-cookie.ts';
import { createSessionSigner, type Role, type SessionClaims, type SessionSigner } from './session-token.ts';

/** So many wrong tokens from one address in the window; then it gets 429 until the window ends. */
const WRONG_TOKENS_MAX = 10;
const WRONG_TOKENS_WINDOW_MS = 60_000;

/** Who asks, as far as the server knows them. */
interface Principal {
  readonly role: Role;
  /** Written into the audit trail. */
  readonly name: string;
  /** `bearer`: a program, or a person with a terminal. `cookie`: a browser, which other pages can make send requests. */
  readonly via: 'bearer' | 'cookie';
  /** Whether it still holds: false once its token is revoked or its session is over. */
  readonly isValid: () => boolean;
}

/** `other_key`: a valid key that opens nothing here (an ingest key). `nobody`: no credential, or one that is wrong. */
type Identity = Principal | 'other_key' | 'nobody';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
  }
}

export interface Access {
  readonly signer: SessionSigner;
  /** The identity behind a token; the wrong ones of an address are counted, and it is made to wait (429). */
  readonly identifyToken: (request: FastifyRequest, token: string) => Promise<Identity>;
  /** SHA-256 → display key, unless revoked. */
  readonly keys: KeyLookup;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, admin: 1 };

/** Finds out who sends each request and keeps it in `request.identity`; guards (`requireRole`) read it there. */
export function addAccess(
  app: FastifyInstance,
  options: { readonly keys: KeyLookup; readonly adminToken: string; readonly now: () => number },
): Access {
  const signer = createSessionSigner(options.adminToken);
  const authenticate = createAuthenticator(options.keys, options.adminToken);
  const wrongTokens = app.createRateLimit({ max: WRONG_TOKENS_MAX - 1, timeWindow: WRONG_TOKENS_WINDOW_MS });
  const now_s = (): number => Math.floor(options.now() / 1000);

  const identifyToken = async (request: FastifyRequest, token: string): Promise<Identity> => {
    const before = await wrongTokens(request, { increment: false });
    if (!before.isAllowed && before.isExceeded) {
      const detail = 'too many wrong tokens from this address';
      throw new ProblemError(429, { detail }, { 'retry-after': String(Math.max(1, before.ttlInSeconds)) });
    }
    const permit = authenticate(token);
    if (permit === undefined) await wrongTokens(request);
    if (permit === undefined) return 'nobody';
    if (permit.kind === 'ingest') return 'other_key';
    if (permit.kind === 'admin') return { role: 'admin', name: 'admin', via: 'bearer', isValid: () => true };
    const isValid = (): boolean => authenticate(token) !== undefined;
    return { role: 'viewer', name: `display:${permit.key_id}`, via: 'bearer', isValid };
  };

  const identifySession = (request: FastifyRequest, reply: FastifyReply): Identity => {
    const cookie = request.cookies[SESSION_COOKIE];
    const claims = cookie === undefined ? undefined : signer.read(cookie, now_s());
    if (claims === undefined || !isBacked(claims, options.keys)) return 'nobody';
    renewSession(reply, signer, claims, now_s());
    const isValid = (): boolean =>
      isBacked(claims, options.keys) && (claims.role === 'viewer' || claims.expires_s > now_s());
    return { role: claims.role, name: claims.display_name, via: 'cookie', isValid };
  };

  app.decorateRequest('identity', 'nobody');
  app.addHook('onRequest', async (request, reply) => {
    const token = presentedToken(request.headers);
    request.identity =
      token === undefined ? identifySession(request, reply) : await identifyToken(request, token);
  });
  return { signer, identifyToken, keys: options.keys };
}

/**
 * A guard for a route: lets pass whoever has at least that role. 401 for nobody, 403 for one who may not; a request
 * that changes something and is known by its cookie alone must come from a page of our own.
 */
export function requireRole(role: Role): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request) => {
    const { identity } = request;
    if (identity === 'nobody') {
      throw new ProblemError(
        401,
        { detail: 'a token or a session is needed' },
        { 'www-authenticate': 'Bearer' },
      );
    }
    if (identity === 'other_key') throw new ProblemError(403, { detail: 'this key may only write events' });
    if (RANK[identity.role] < RANK[role]) throw new ProblemError(403, { detail: `needs the role ${role}` });
    if (identity.via === 'cookie' && !isSafe(request.method) && originOf(request.headers) !== 'same') {
      throw new ProblemError(403, { detail: 'a session may only be used from a page of this server' });
    }
    return Promise.resolve();
  };
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A display session lives and ends with its token; that of a person with the admin token, by the signature's key. */
function isBacked(claims: SessionClaims, keys: KeyLookup): boolean {
  return claims.role === 'admin' || keys.find(claims.subject)?.kind === 'display';
}
