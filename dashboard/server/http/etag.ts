import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.ts';

/** Strong entity tag of a text: quoted, 22 characters of its SHA-256. */
export function etagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** Sends a body as JSON with its entity tag, or 304 when the client holds it already. */
export function sendTagged(request: FastifyRequest, reply: FastifyReply, body: unknown): FastifyReply {
  const text = JSON.stringify(body);
  if (answerHeld(request, reply, etagOf(text))) return reply;
  return reply.type('application/json; charset=utf-8').send(text);
}

/** A file to download. */
export interface TaggedFile {
  readonly name: string;
  readonly media_type: string;
  readonly etag: string;
  /** Asked for only when the client does not hold it. */
  readonly content: () => Buffer | Readable | Promise<Buffer | Readable>;
}

/** Sends a file with its entity tag, or 304 when the client holds it already. */
export async function sendTaggedFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, media_type, etag, content }: TaggedFile,
): Promise<FastifyReply> {
  if (answerHeld(request, reply, etag)) return reply;
  const sent = await content();
  return reply.type(media_type).header('content-disposition', `attachment; filename="${name}"`).send(sent);
}

/** Puts the entity tag on an answer, which may be kept but not used unasked, and ends it with 304 when the client holds that already: then true. */
function answerHeld(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  void reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'authorization, cookie' });
  const isHeld = isListed(request.headers['if-none-match'], etag);
  if (isHeld) void reply.code(304).send();
  return isHeld;
}

/** Sends what a thing is to be, 202, with the entity tag that it then has: the next change of it can be made of this sight. */
export function sendAccepted(reply: FastifyReply, body: unknown): FastifyReply {
  const text = JSON.stringify(body);
  return reply
    .code(202)
    .headers({ etag: etagOf(text), 'cache-control': 'no-store' })
    .type('application/json; charset=utf-8')
    .send(text);
}

/** Whether an `If-None-Match` names the tag: a weak form of it counts as the same content (RFC 9110, weak comparison). */
function isListed(header: string | undefined, etag: string): boolean {
  return tagsOf(header).some((one) => ['*', etag].includes(one.replace(/^W\//, '')));
}

function tagsOf(header = ''): string[] {
  return header.split(',').map((one) => one.trim());
}

/**
 * Whether what is to be changed is what was seen: for an `If-Match` of a request.
 * @param detail why not, for people
 * @throws ProblemError 412 when it does not name the tag of `seen` as JSON; without the header nothing is asked
 */
export function assertMatch(ifMatch: string | undefined, seen: unknown, detail: string): void {
  if (ifMatch === undefined) return;
  // Strong comparison: a weak tag is none of ours.
  if (tagsOf(ifMatch).some((one) => one === '*' || one === etagOf(JSON.stringify(seen)))) return;
  throw new ProblemError(412, { detail });
}

/** @param what whose entity tag it must be. @throws ProblemError 428 without an `If-Match` */
export function assertConditional(ifMatch: string | undefined, what: string): void {
  if (ifMatch === undefined)
    throw new ProblemError(428, { detail: `If-Match is needed: the entity tag of ${what}` });
}
