import type { FastifyHelmetOptions } from '@fastify/helmet';

const DIRECTIVES = {
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
};

/**
 * The pages run only what this server sends, without inline scripts or styles. Plain http is allowed on a factory's own
 * network, so nothing upgrades it here: who puts TLS before the server adds Strict-Transport-Security there.
 */
export const CONTENT_SECURITY_POLICY: FastifyHelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: DIRECTIVES,
  },
  strictTransportSecurity: false,
};

/** Of the page that scans: besides, WebAssembly of this server may run, which reads codes where the browser does not itself. */
export const SCAN_PAGE_POLICY = headerOf({ ...DIRECTIVES, scriptSrc: ["'self'", "'wasm-unsafe-eval'"] });

function headerOf(directives: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(directives)
    .map(
      ([name, sources]) =>
        `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${sources.join(' ')}`,
    )
    .join(';');
}
