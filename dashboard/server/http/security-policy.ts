import type { FastifyHelmetOptions } from '@fastify/helmet';

/**
 * The pages run only what this server sends, without inline scripts or styles. Plain http is allowed on a factory's own
 * network, so nothing upgrades it here: who puts TLS before the server adds Strict-Transport-Security there.
 */
export const CONTENT_SECURITY_POLICY: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:', 'blob:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      workerSrc: ["'self'", 'blob:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'self'"],
    },
  },
  strictTransportSecurity: false,
};
