import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { ROLES } from '../../../models/contract/roles.ts';

/** What a session cookie says. */
const SessionClaims = Type.Object(
  {
    role: Type.Enum([...ROLES]),
    /** SHA-256 of the display’s or person’s token that it was made from, or `admin`. */
    subject: Type.String(),
    display_name: Type.String(),
    /** Whether the browser came by https, so that the cookie may travel by nothing else. */
    secure: Type.Boolean(),
    /** Unix times, seconds. */
    issued_s: Type.Integer(),
    expires_s: Type.Integer(),
  },
  { additionalProperties: false },
);
export type SessionClaims = Static<typeof SessionClaims>;

const checkClaims = Compile(SessionClaims);
const MAC_BYTES = 32;

/** Makes and reads the values of session cookies. */
export interface SessionSigner {
  readonly sign: (claims: SessionClaims) => string;
  /** The claims, unless the value is not one of ours or has expired. */
  readonly read: (value: string, now_s: number) => SessionClaims | undefined;
}

/**
 * Stateless sessions: base64url(claims) "." base64url(HMAC-SHA-256). The key is derived from the admin token, so that
 * every server process with the same token reads them, a restart ends none, and a new admin token ends all.
 */
export function createSessionSigner(adminToken: string): SessionSigner {
  const key = Buffer.from(hkdfSync('sha256', adminToken, '', 'dealerstream session v1', MAC_BYTES));
  const mac = (payload: string): Buffer => createHmac('sha256', key).update(payload).digest();
  return {
    sign: (claims) => {
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return `${payload}.${mac(payload).toString('base64url')}`;
    },
    read: (value, now_s) => {
      const [payload = '', given = '', ...rest] = value.split('.');
      const givenMac = Buffer.from(given, 'base64url');
      if (rest.length > 0 || givenMac.length !== MAC_BYTES) return undefined;
      if (!timingSafeEqual(givenMac, mac(payload))) return undefined;
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
      return checkClaims.Check(claims) && claims.expires_s > now_s ? claims : undefined;
    },
  };
}
