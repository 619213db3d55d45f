/** An answer of the server other than the wished-for one. */
export class AnswerError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'AnswerError';
    this.status = status;
  }
}

/** What a failure says of itself. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A body with the entity tag that a change of it must name. */
export interface Tagged<T> {
  readonly body: T;
  readonly etag: string;
}

/** Reads JSON. @throws AnswerError with the server's words; TypeError when the server cannot be reached */
export async function read<T>(path: string, signal?: AbortSignal): Promise<Tagged<T>> {
  const response = await fetch(path, { ...(signal && { signal }), cache: 'no-store' });
  if (!response.ok) throw await refusal(response);
  return { body: (await response.json()) as T, etag: response.headers.get('etag') ?? '' };
}

/** Posts JSON, if the thing is still the one of `etag`, and reads the answer. @throws as `read`; 412 when it has changed */
export function post(path: string, body: object, etag?: string): Promise<unknown> {
  return send('POST', path, body, etag);
}

/** Puts JSON, likewise. */
export function put(path: string, body: object, etag?: string): Promise<unknown> {
  return send('PUT', path, body, etag);
}

/** Posts a file, likewise. */
export function postFile(path: string, file: Blob, type: string, etag?: string): Promise<unknown> {
  return sendBody('POST', path, file, type, etag);
}

function send(method: 'POST' | 'PUT', path: string, body: object, etag?: string): Promise<unknown> {
  return sendBody(method, path, JSON.stringify(body), 'application/json', etag);
}

async function sendBody(
  method: 'POST' | 'PUT',
  path: string,
  body: string | Blob,
  type: string,
  etag?: string,
): Promise<unknown> {
  const response = await fetch(path, {
    method,
    headers: { 'content-type': type, ...(etag !== undefined && { 'if-match': etag }) },
    body,
  });
  if (!response.ok) throw await refusal(response);
  return response.json();
}

async function refusal(response: Response): Promise<AnswerError> {
  const fallback = `${response.status} ${response.statusText}`.trim();
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) return new AnswerError(response.status, fallback);
  const problem = (await response.json()) as { title?: string; detail?: string };
  return new AnswerError(response.status, problem.detail ?? problem.title ?? fallback);
}
