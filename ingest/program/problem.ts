import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../../models/contract/problem.ts';

/** What a problem says besides its status. */
export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/** A problem whose status says what kind it is. */
export function problemOf(status: number, { detail, errors }: ProblemDetails = {}): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors: [...errors] }),
  };
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return (
    reply
      .code(problem.status)
      .header('cache-control', 'no-store')
      .type(PROBLEM_MEDIA_TYPE)
      // As bytes: to a text fastify would add a charset, which this media type does not have.
      .send(Buffer.from(JSON.stringify(problem)))
  );
}
