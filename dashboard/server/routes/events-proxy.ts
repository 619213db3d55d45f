import httpProxy from '@fastify/http-proxy';
import type { FastifyInstance } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { ProblemError } from '../http/problem.ts';

/** Connections to the edge for each of `PREFIXES`; more requests wait in its client. */
const EDGE_CONNECTIONS_MAX = 64;
/** The edge answers only after Kafka has acknowledged; so long it may take. */
const EDGE_ANSWER_MS_MAX = 60_000;
const RETRY_AFTER_S = '2';

/** What the edge answers, under this server's address. */
const PREFIXES = ['/v1/events', '/v1/epcis'];

/**
 * `POST /v1/events/*` and `/v1/epcis/*` go to the edge as they come: the body is streamed, neither read nor unpacked, and the edge alone
 * says who may write. Delivery is the edge's (at least once towards Kafka); when it cannot be reached the answer is 503,
 * and whether the events were taken is then unknown: sending them again changes no figure.
 */
export async function addEventsProxy(app: FastifyInstance, edgeUrl: string): Promise<void> {
  for (const prefix of PREFIXES) {
    await app.register(httpProxy, {
      upstream: edgeUrl,
      prefix,
      rewritePrefix: prefix,
      httpMethods: ['POST'],
      undici: {
        connections: EDGE_CONNECTIONS_MAX,
        headersTimeout: EDGE_ANSWER_MS_MAX,
        bodyTimeout: EDGE_ANSWER_MS_MAX,
      },
      replyOptions: {
        rewriteRequestHeaders: (_request, headers) => forEdge(headers),
        onError: (reply, { error }) => {
          const problem = new ProblemError(
            503,
            { detail: 'events cannot be taken now' },
            { 'retry-after': RETRY_AFTER_S },
          );
          problem.cause = error;
          void reply.send(problem);
        },
      },
    });
  }
}

/**
 * A browser's session is not the edge's business: events need a key. `Expect: 100-continue`, which curl sends before a large
 * body, was answered by this server already, and its client to the edge refuses to send it.
 */
function forEdge(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const passed = { ...headers };
  delete passed.cookie;
  delete passed.expect;
  return passed;
}
