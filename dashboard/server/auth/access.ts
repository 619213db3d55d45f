import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasRight, rolesWith, type Right, type Role } from '../../../models/contract/roles.ts';
import { createAuthenticator, presentedToken, type KeyLookup } from '../../../ingest/keys/permit.ts';
import { ProblemError } from '../http/problem.ts';
import { originOf } from './same-origin.ts';
import { SESSION_COOKIE, renewSession } from './session-cookie.ts';
import { createSessionSigner, type SessionClaims, type SessionSigner } from './session-token.ts';

/** So many wrong tokens from one address in the window; then it gets 429 until the window ends. */
const WRONG_TOKENS_MAX = 10;
const WRONG_TOKENS_WINDOW_MS = 60_000;

/** Subject of the admin's sessions; those of keys have their hash. */
export const ADMIN = 'admin';

/** Who asks, as far as the server knows them. */
interface Principal {
  readonly role: Role;
  /** A display watches; a person and the admin sign in. */
  readonly kind: 'display' | 'person' | 'admin';
  /** Written into the audit trail. */
  readonly name: string;
  /** `bearer`: a program, or a person with a terminal. `cookie`: a browser, which other pages can make send requests. */
  readonly via: 'bearer' | 'cookie';
  /** Whether it still holds: false once its token is revoked or its session is over. */
  readonly isValid: () => boolean;
}

/**
 * Who sends a request. `other_key`: a valid key that opens nothing here (an ingest key). `nobody`: no credential, or one that
 * is wrong. `guesser`: one more wrong one from an address that sent too many; only a socket is let so far, to be told why it is
 * closed.
 */
export type Identity = Principal | 'other_key' | 'nobody' | 'guesser';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity;
  }
}

export interface Access {
  readonly signer: SessionSigner;
  /**
   * The identity behind a token. The wrong ones of an address are counted, and more of them refused (429); whoever shares the
   * address with a guesser, behind a proxy or in an office, still gets in with a right one.
   */
  readonly identifyToken: (request: FastifyRequest, token: string) => Promise<Identity>;
  /** SHA-256 → key, unless revoked. */
  readonly keys: KeyLookup;
}

/** Finds out who sends each request and keeps it in `request.identity`; guards (`requireRight`) read it there. */
export function addAccess(
  app: FastifyInstance,
  options: { readonly keys: KeyLookup; readonly adminToken: string; readonly now: () => number },
): Access {
  const signer = createSessionSigner(options.adminToken);
  const authenticate = createAuthenticator(options.keys, options.adminToken);
  const wrongTokens = app.createRateLimit({ max: WRONG_TOKENS_MAX - 1, timeWindow: WRONG_TOKENS_WINDOW_MS });
  const now_s = (): number => Math.floor(options.now() / 1000);

  const identifyToken = async (request: FastifyRequest, token: string): Promise<Identity> => {
    const permit = authenticate(token);
    if (permit === undefined) {
      const count = await wrongTokens(request, { increment: false });
      if (!count.isAllowed && count.isExceeded) {
        const detail = 'too many wrong tokens from this address';
        throw new ProblemError(429, { detail }, { 'retry-after': String(Math.max(1, count.ttlInSeconds)) });
      }
      await wrongTokens(request);
      return 'nobody';
    }
    if (permit.kind === 'ingest') return 'other_key';
    if (permit.kind === 'admin')
      return { role: 'admin', kind: 'admin', name: 'admin', via: 'bearer', isValid: () => true };
    const isValid = (): boolean => authenticate(token) !== undefined;
    const { kind, key_id, role = 'viewer' } = permit;
    const name = kind === 'person' ? permit.name : `display:${key_id}`;
    return { role, kind, name, via: 'bearer', isValid };
  };

  const identifySession = (request: FastifyRequest, reply: FastifyReply): Identity => {
    const cookie = request.cookies[SESSION_COOKIE];
    const claims = cookie === undefined ? undefined : signer.read(cookie, now_s());
    if (claims === undefined || !isBacked(claims, options.keys)) return 'nobody';
    renewSession(reply, signer, claims, now_s());
    const isValid = (): boolean =>
      isBacked(claims, options.keys) && (claims.role === 'viewer' || claims.expires_s > now_s());
    const kind = claims.subject === ADMIN ? 'admin' : (options.keys.find(claims.subject)?.kind ?? 'display');
    if (kind === 'ingest') return 'nobody';
    return { role: claims.role, kind, name: claims.display_name, via: 'cookie', isValid };
  };

  app.decorateRequest('identity', 'nobody');
  app.addHook('onRequest', async (request, reply) => {
    const token = presentedToken(request.headers);
    try {
      request.identity =
        token === undefined ? identifySession(request, reply) : await identifyToken(request, token);
    } catch (error) {
      // A browser hides the HTTP status of a failed upgrade from its page: the socket's close code will say it.
      if (!request.ws || !(error instanceof ProblemError)) throw error;
      request.identity = 'guesser';
    }
  });
  return { signer, identifyToken, keys: options.keys };
}

/**
 * Who asks, on a route with a guard.
 * @throws Error where none stood before it
 */
export function principalOf({ identity }: FastifyRequest): Principal {
  if (typeof identity === 'string') throw new Error('the guard lets nobody pass without an identity');
  return identity;
}

/**
 * A guard for a route: lets pass whoever has the right. 401 for nobody, 403 for one who has not; a request that changes
 * something and is known by its cookie alone must come from a page of our own.
 */
export function requireRight(right: Right): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const detail = `needs one of the roles ${rolesWith(right).join(', ')}`;
  return async (request) => {
    const { identity } = request;
    if (identity === 'nobody' || identity === 'guesser') {
      throw new ProblemError(
        401,
        { detail: 'a token or a session is needed' },
        { 'www-authenticate': 'Bearer' },
      );
    }
    if (identity === 'other_key') throw new ProblemError(403, { detail: 'this key may only write events' });
    if (!hasRight(identity.role, right)) throw new ProblemError(403, { detail });
    if (identity.via === 'cookie' && !isSafe(request.method) && originOf(request.headers) !== 'same') {
      throw new ProblemError(403, { detail: 'a session may only be used from a page of this server' });
    }
    return Promise.resolve();
  };
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A session lives and ends with its token, and with what that may do; that of the admin, by the signature's key. */
function isBacked({ role, subject }: SessionClaims, keys: KeyLookup): boolean {
  if (subject === ADMIN) return role === 'admin';
  const record = keys.find(subject);
  if (record?.kind === 'display') return role === 'viewer';
  return record?.kind === 'person' && record.role === role;
}
