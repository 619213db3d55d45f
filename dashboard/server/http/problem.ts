import { STATUS_CODES } from 'node:http';
import type { ProblemDetails } from '../../../ingest/program/problem.ts';

/** An answer other than the wished-for one, thrown by a route: its status, its words and its headers reach the client. */
export class ProblemError extends Error {
  readonly statusCode: number;
  readonly details: ProblemDetails;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, details: ProblemDetails = {}, headers: Readonly<Record<string, string>> = {}) {
    super(details.detail ?? STATUS_CODES[status] ?? 'Error');
    this.name = 'ProblemError';
    this.statusCode = status;
    this.details = details;
    this.headers = headers;
  }
}
