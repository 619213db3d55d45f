import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf, sendProblem, type ProblemDetails } from '../program/problem.ts';

/** What a problem of the edge may carry besides its detail. */
export interface ProblemExtras extends Pick<ProblemDetails, 'errors'> {
  readonly rejected?: readonly unknown[];
}

/** A request that is refused: it becomes `application/problem+json` with its status and headers. */
export class ProblemError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly extras: ProblemExtras;

  constructor(
    status: number,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    extras: ProblemExtras = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
    this.status = status;
    this.headers = headers;
    this.extras = extras;
  }
}

/** A 429 or 503 that says after how many seconds to come again, at least 1. */
export function comeAgain(status: 429 | 503, detail: string, after_s: number): ProblemError {
  return new ProblemError(status, detail, { 'retry-after': String(Math.max(1, Math.ceil(after_s))) });
}

/** Fastify's error handler: every error leaves as a problem; what we did not expect is logged and tells nothing. */
export function answerError(
  error: FastifyError | ProblemError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, message, headers, extras } = error instanceof ProblemError ? error : ofFramework(error);
  if (status === 500) request.log.error({ err: error }, 'unexpected error');
  const { rejected, ...errors } = extras;
  const problem = problemOf(status, { detail: message, ...errors });
  sendProblem(reply.headers(headers), { ...problem, ...(rejected !== undefined && { rejected }) });
}

/** Fastify's own 4xx keep their status; all else is a 500. */
function ofFramework(error: FastifyError): ProblemError {
  const { statusCode = 500 } = error;
  if (statusCode >= 400 && statusCode < 500) return new ProblemError(statusCode, error.message);
  return new ProblemError(500, 'The event could not be taken for a reason inside the edge.');
}
