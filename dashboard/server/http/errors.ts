import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { problemOf, sendProblem } from '../../../ingest/program/problem.ts';
import type { Violation } from '../../../models/contract/event-type.ts';
import { unstorableTexts } from '../../../models/contract/unstorable-text.ts';
import { findViolations } from '../../../models/contract/violations.ts';
import type { Problem } from '../../../models/contract/problem.ts';
import { SqlError } from '../../../sql/sql-error.ts';
import { asksForPage, sendPage } from '../routes/pages.ts';
import { readAddress } from './address.ts';
import { pathOf, type RouteTable } from './route-table.ts';
import { ProblemError } from './problem.ts';

/** How soon a client may try again when something behind the server is away. */
const RETRY_AFTER_S = '5';
const BODY_WRONG = 'the body is not as documented';

/** Answers everything that goes wrong as problem+json; what a 5xx was about is in the log only. */
export function addErrorHandler(app: FastifyInstance, routes: RouteTable, hasPages: boolean): void {
  app.setErrorHandler((error: FastifyError | ProblemError | SqlError, request, reply) =>
    answerError(error, request, reply),
  );
  app.setNotFoundHandler((request, reply) =>
    hasPages && asksForPage(request) ? sendPage(reply) : answerNotFound(routes, request, reply),
  );
}

/**
 * Refuses a body with a text that could not be kept: what people say goes through Kafka, and what the database cannot read
 * there is set aside long after the answer that it was taken.
 */
export function refuseUnstorableText(app: FastifyInstance): void {
  app.addHook('preHandler', (request, _reply, done) => {
    const { body } = request;
    const isChecked = request.routeOptions.schema?.body !== undefined;
    const errors = isChecked ? unstorableTexts(JSON.stringify(body), body) : [];
    done(errors.length === 0 ? undefined : new ProblemError(422, { detail: BODY_WRONG, errors }));
  });
}

/** A kept-alive connection may still bring requests while the server ends: they are told to come again. */
export function refuseWhileClosing(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  app.addHook('onRequest', (_request, reply, done) => {
    if (!isClosing) {
      done();
      return;
    }
    void reply.header('connection', 'close');
    done(new ProblemError(503, { detail: 'the server is ending' }, { 'retry-after': RETRY_AFTER_S }));
  });
}

/** 405 with `Allow` where another method would do, else 404. */
function answerNotFound(routes: RouteTable, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const allowed = routes.methodsOf(pathOf(request.url));
  if (allowed.length === 0 || allowed.includes(request.method)) return sendProblem(reply, problemOf(404));
  void reply.header('allow', allowed.join(', '));
  return sendProblem(reply, problemOf(405));
}

function answerError(
  error: FastifyError | ProblemError | SqlError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof ProblemError) {
    if (error.statusCode >= 500) request.log.error({ err: error }, 'request failed');
    void reply.headers(error.headers);
    return sendProblem(reply, problemOf(error.statusCode, error.details));
  }
  if (error instanceof SqlError) {
    request.log.error({ err: error }, 'a query failed');
    if (!error.retriable) return sendProblem(reply, problemOf(500));
    void reply.header('retry-after', RETRY_AFTER_S);
    return sendProblem(reply, problemOf(503, { detail: 'the database cannot answer now' }));
  }
  if (error.validation) return sendProblem(reply, invalid(error, request));
  const status = error.statusCode ?? 500;
  if (status >= 500) {
    request.log.error({ err: error }, 'request failed');
    return sendProblem(reply, problemOf(status === 503 ? 503 : 500));
  }
  return sendProblem(reply, problemOf(status, { detail: error.message }));
}

/** A body that does not match its schema is 422, an address that does not is 400; each fault with its pointer and what was expected there. */
function invalid(error: FastifyError, request: FastifyRequest): Problem {
  const inBody = error.validationContext === 'body';
  return problemOf(inBody ? 422 : 400, {
    detail: inBody ? BODY_WRONG : 'the address is not as documented',
    errors: violationsOf(error, request),
  });
}

function violationsOf({ validationContext, validation }: FastifyError, request: FastifyRequest): Violation[] {
  const parts = { body: request.body, params: request.params, querystring: request.query };
  const part = Object.keys(parts).find((name): name is keyof typeof parts => name === validationContext);
  const schema = part && (request.routeOptions.schema?.[part] as TSchema | undefined);
  if (part === undefined || schema === undefined)
    return (validation ?? []).map(({ instancePath, message }) => ({
      pointer: instancePath,
      detail: message ?? 'is not valid',
    }));
  if (part === 'body') return findViolations(schema, request.body);
  return findViolations(schema, readAddress(schema, parts[part]));
}
