import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { addHealthRoutes, allReady, type Readiness } from '../program/health.ts';
import type { Neighbour } from '../program/neighbour.ts';
import type { Logger } from '../program/program.ts';
import { REFUSALS } from '../program/refusals.ts';
import { createAuthenticator, type KeyLookup } from '../keys/permit.ts';
import { addCaptureRoute, CAPTURE_PATH, JSON_LD, type CaptureRouteOptions } from './epcis/capture-routes.ts';
import { addEventRoutes, refuseUnknown } from './event-routes.ts';
import type { EventWriter } from '../event-writer.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { EdgeMetrics } from './metrics.ts';
import { ProblemError, answerError } from './problem-error.ts';
import { RateLimit } from './rate-limit.ts';
import { MEDIA_TYPES } from './records.ts';

/** A request may take so long to arrive; a slower one is cut off. */
const REQUEST_TIMEOUT_MS = 60_000;

/** What the edge is made of. */
export interface EdgeAppOptions {
  readonly topicPrefix: string;
  readonly adminToken: string;
  readonly keys: KeyLookup;
  readonly writer: Pick<EventWriter, 'write' | 'readiness'>;
  readonly kafka: Pick<Neighbour, 'readiness'>;
  readonly held: HeldBytes;
  /** Events a second that one key may post; 0 = no limit. */
  readonly keyEventsPerSecond: number;
  /** Scheme and domain of the Digital Links that captured codes become. */
  readonly resolver: string;
  readonly products: CaptureRouteOptions['products'];
  readonly registry: Registry;
  readonly metrics: EdgeMetrics;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The edge, and the switch that makes it refuse new events (503) while it finishes those that it holds. */
export interface EdgeApp {
  readonly app: FastifyInstance;
  readonly refuseNew: () => void;
}

/** Composes the HTTP server of the edge; the caller listens, and closes it. */
export function createEdgeApp(options: EdgeAppOptions): EdgeApp {
  const { writer, kafka, held, registry, metrics, log, now } = options;
  let stopping = false;
  const logger: FastifyBaseLogger = log;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    // While it ends, `refuseNew` answers with a problem; fastify's own answer would not be one.
    return503OnClosing: false,
    ...REFUSALS,
  });
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(refuseUnknown);
  app.removeAllContentTypeParsers();
  // The route reads the stream by itself, once it knows that the request may write.
  app.addContentTypeParser([...Object.values(MEDIA_TYPES), JSON_LD], (_request, payload, done) => {
    done(null, payload);
  });
  app.addContentTypeParser('*', (request, _payload, done) => {
    done(otherMediaType(request.url));
  });
  // A kept-alive connection would hold the end up until it times out.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (request.url.startsWith('/v1/')) metrics.answered(reply.statusCode);
    done();
  });
  const readiness = (): Readiness =>
    stopping ? { ready: false, reason: 'stopping' } : allReady([writer.readiness, kafka.readiness()]);
  addHealthRoutes(app, readiness, registry);
  const intake = {
    topicPrefix: options.topicPrefix,
    authenticate: createAuthenticator(options.keys, options.adminToken),
    writer,
    held,
    rateLimit: new RateLimit(options.keyEventsPerSecond, now),
    metrics,
    now,
    isStopping: () => stopping,
  };
  addEventRoutes(app, intake);
  addCaptureRoute(app, { ...intake, resolver: options.resolver, products: options.products });
  return {
    app,
    refuseNew: () => {
      stopping = true;
    },
  };
}

/** A body of a media type that the address does not take. */
function otherMediaType(url: string): ProblemError {
  const taken = url.startsWith(CAPTURE_PATH) ? [JSON_LD, MEDIA_TYPES.json] : Object.values(MEDIA_TYPES);
  return new ProblemError(415, `Content-Type must be ${taken.join(' or ')}`, { accept: taken.join(', ') });
}
