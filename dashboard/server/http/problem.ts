import { STATUS_CODES } from 'node:http';
import type { Problem } from '../../../models/contract/problem.ts';

export interface ProblemDetails {
  readonly detail?: string;
  readonly errors?: Problem['errors'];
}

/** A problem whose status says what kind it is. */
export function problemOf(status: number, details: ProblemDetails = {}): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(details.detail !== undefined && { detail: details.detail }),
    ...(details.errors !== undefined && { errors: details.errors }),
  };
}

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
