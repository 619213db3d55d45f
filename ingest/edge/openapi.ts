import type { EventType } from '../../models/contract/event-type.ts';
import { PROBLEM_MEDIA_TYPE } from '../../models/contract/problem.ts';
import { POSTED_TYPES } from '../../models/contract/registry.ts';
import { BODY_BYTES_MAX } from './body.ts';
import { EVENT_BYTES_MAX } from './event-validator.ts';
import { REJECTED_MAX } from './record-check.ts';
import { ARRAY_EVENTS_MAX, MEDIA_TYPES } from './records.ts';

/** What a `Rejection[]` looks like. */
export const rejected = {
  type: 'array',
  maxItems: REJECTED_MAX,
  description: 'the records that were not taken, one entry each, in their order',
  items: {
    type: 'object',
    required: ['index', 'pointer', 'detail'],
    properties: {
      index: { type: 'integer', minimum: 0, description: 'place in the array, or line of NDJSON, from 0' },
      pointer: { type: 'string', description: 'JSON Pointer within the record; "" is the record itself' },
      detail: { type: 'string', description: 'the first thing that is wrong with it' },
    },
  },
};

const accepted = {
  type: 'object',
  required: ['accepted', 'rejected'],
  properties: {
    accepted: { type: 'integer', minimum: 1, description: 'events that Kafka has acknowledged (acks=all)' },
    rejected,
  },
};

/** The problem document of the whole API. */
const problem = { $ref: '#/components/schemas/Problem' };
/** … with the records that were refused. */
export const problemOfRecords = { allOf: [problem, { type: 'object', properties: { rejected } }] };
/** Headers of an answer that says when to come again. */
export const retryAfter = {
  'Retry-After': { description: 'seconds to wait', schema: { type: 'integer', minimum: 1 } },
};

/**
 * The paths of the edge for an OpenAPI 3.1 document, one for each posted type of the registry. They refer to
 * `#/components/schemas/Problem`, which the document must hold.
 */
export function edgePaths(): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    POSTED_TYPES.map((type) => [`/v1/events/${type.type}`, { post: operationOf(type) }]),
  );
}

function operationOf({ type, kind, topic, schema }: EventType): object {
  return {
    operationId: `post_${type}_events`,
    summary: `Post ${type} events`,
    description:
      `A JSON object, an array of at most ${ARRAY_EVENTS_MAX}, or NDJSON; gzip is taken; at most ${BODY_BYTES_MAX} bytes, ` +
      `compressed and decompressed, and ${EVENT_BYTES_MAX} an event. The answer comes when Kafka has them in ${topic}. ` +
      'Posting an event again (same source and event_id) changes no figure, so whatever failed may be posted again.',
    tags: [kind === 'reference' ? 'reference data' : 'events'],
    security: [{ bearer: [] }],
    parameters: [
      {
        name: 'X-Api-Key',
        in: 'header',
        description: 'the ingest key, where Authorization: Bearer <key> cannot be set',
        schema: { type: 'string' },
      },
      { name: 'Content-Encoding', in: 'header', schema: { enum: ['gzip', 'identity'] } },
    ],
    requestBody: {
      required: true,
      content: {
        [MEDIA_TYPES.json]: {
          schema: {
            oneOf: [schema, { type: 'array', minItems: 1, maxItems: ARRAY_EVENTS_MAX, items: schema }],
          },
        },
        [MEDIA_TYPES.ndjson]: { schema: { type: 'string', description: 'one event a line' } },
      },
    },
    responses: {
      202: {
        description: 'at least one event was taken',
        content: { [MEDIA_TYPES.json]: { schema: accepted } },
      },
      400: refusal('no valid JSON, UTF-8 or gzip'),
      401: refusal('no key, or one that is unknown or revoked'),
      403: refusal('the key may write none of these events', problemOfRecords),
      413: refusal(`more than ${BODY_BYTES_MAX} bytes or ${ARRAY_EVENTS_MAX} events in an array`),
      415: refusal('another Content-Type or Content-Encoding'),
      422: refusal('none of the events is valid', problemOfRecords),
      429: { ...refusal('the key posts more than its rate'), headers: retryAfter },
      503: { ...refusal('Kafka is away, or the buffer is full'), headers: retryAfter },
    },
  };
}

/** An answer that is a problem. */
export function refusal(description: string, schema: object = problem): object {
  return { description, content: { [PROBLEM_MEDIA_TYPE]: { schema } } };
}
