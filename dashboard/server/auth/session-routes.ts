import { Type } from 'typebox';
import { ROLES } from '../../../models/contract/roles.ts';
import { hashSecret } from '../../../ingest/keys/key-record.ts';
import { ProblemError } from '../http/problem.ts';
import type { Api } from '../http/api.ts';
import { ADMIN, principalOf, requireRight, type Access } from './access.ts';
import { originOf } from './same-origin.ts';
import { beginSession, endSession } from './session-cookie.ts';

const TokenBody = Type.Object(
  { token: Type.String({ minLength: 1, maxLength: 512, description: 'the token; it is not stored' }) },
  { additionalProperties: false },
);
const Session = Type.Object({
  role: Type.Enum([...ROLES]),
  display_name: Type.String({ description: 'the name of the display or the person, or admin' }),
});

type Kind = 'display' | 'person' | 'admin';

/** A browser trades a token for a cookie, asks who it is, and ends its session. */
export function addSessionRoutes(api: Api, access: Access, now: () => number): void {
  const now_s = (): number => Math.floor(now() / 1000);
  const login = (url: string, kinds: readonly Kind[], summary: string): void => {
    api.post(
      url,
      { schema: { tags: ['sessions'], summary, security: [], body: TokenBody, response: { 200: Session } } },
      async (request, reply) => {
        if (originOf(request.headers) === 'other') {
          throw new ProblemError(403, { detail: 'a session begins on a page of this server' });
        }
        const { token } = request.body;
        const identity = await access.identifyToken(request, token);
        if (typeof identity === 'string' || !kinds.includes(identity.kind)) {
          throw new ProblemError(401, { detail: 'this token opens no session here' });
        }
        const { role, kind } = identity;
        const subject = kind === 'admin' ? ADMIN : hashSecret(token);
        const display_name = access.keys.find(subject)?.name ?? identity.name;
        const secure = request.headers.origin?.startsWith('https:') ?? request.protocol === 'https';
        beginSession(reply, access.signer, { role, subject, display_name, secure }, now_s());
        return reply.send({ role, display_name });
      },
    );
  };
  login('/v1/display/session', ['display'], 'Trade a display token for the cookie of a wallboard');
  login(
    '/v1/session',
    ['person', 'admin'],
    'Trade a person’s or the admin’s token for the cookie of a browser',
  );

  api.get(
    '/v1/session',
    {
      onRequest: requireRight('read'),
      schema: { tags: ['sessions'], summary: 'Who this is', response: { 200: Session } },
    },
    async (request, reply) => {
      const { role, name } = principalOf(request);
      return reply.header('cache-control', 'no-store').send({ role, display_name: name });
    },
  );

  api.delete(
    '/v1/session',
    {
      onRequest: requireRight('read'),
      schema: { tags: ['sessions'], summary: 'End the session of this browser' },
    },
    async (_request, reply) => {
      endSession(reply);
      return reply.code(204).send();
    },
  );
}
