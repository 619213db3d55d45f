import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../../models/contract/problem.ts';
import { problemOf, sendProblem } from './problem.ts';

/**
 * A part of a path may have so many characters. The longest is the id of a suggested transfer: two dealers and a product
 * of 64 characters each, each percent-encoded twice.
 */
const PATH_PART_CHARS_MAX = 4_096;

/** What Node says of a connection whose bytes it cannot read as a request. */
const UNREADABLE: Readonly<Record<string, { readonly status: number; readonly detail: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, detail: 'the request did not arrive in time' },
  HPE_HEADER_OVERFLOW: { status: 431, detail: 'the headers are too long' },
};
const NO_HTTP = { status: 400, detail: 'this is not HTTP' };

/**
 * Options with which a server answers as problem+json (RFC 9457) what fastify or Node refuse before any route, and so any
 * error handler of ours, sees it: an address that cannot be decoded, headers that are too long, bytes that are no HTTP, a
 * request that does not arrive.
 */
export const REFUSALS = {
  routerOptions: { maxParamLength: PATH_PART_CHARS_MAX },
  frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) => {
    sendProblem(reply, problemOf(error.statusCode ?? 500, { detail: error.message }));
  },
  clientErrorHandler: (error: Error & { readonly code?: string }, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const { status, detail } = UNREADABLE[error.code ?? ''] ?? NO_HTTP;
    if (socket.writable) socket.write(rawProblem(problemOf(status, { detail })));
    socket.destroy(error);
  },
} satisfies FastifyServerOptions;

function rawProblem(problem: Problem): string {
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
