import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

/** A fastify instance whose handlers get their types from the TypeBox schemas of their routes. */
export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

declare module 'fastify' {
  /** What the OpenAPI document takes from a route besides its schemas. */
  interface FastifySchema {
    tags?: readonly string[];
    summary?: string;
    description?: string;
    /** Empty: no token is needed. */
    security?: readonly [];
    /** Media type of a body that is a file. */
    file?: string;
    /** Media types of an answer that is a file or a stream, beside the JSON of `response`. */
    produces?: readonly string[];
    /** A change of what was seen, whose entity tag `If-Match` names; `needed`: 428 without it. */
    conditional?: 'optional' | 'needed';
    /** Not in the document. */
    hide?: boolean;
  }
}
