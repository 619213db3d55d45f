import { EpcisDocument, EpcisEvent } from '../../../models/epcis/event-schema.ts';
import { BODY_BYTES_MAX } from '../body.ts';
import { problemOfRecords, refusal, rejected, retryAfter } from '../openapi.ts';
import { MEDIA_TYPES } from '../records.ts';
import { CAPTURE_PATH, DEFAULT_SOURCE, ERROR_BEHAVIOURS, JSON_LD } from './capture-routes.ts';
import { DOCUMENT_SCANS_MAX } from './capture.ts';

const document = {
  ...EpcisDocument,
  properties: {
    ...EpcisDocument.properties,
    epcisBody: {
      type: 'object',
      required: ['eventList'],
      properties: { eventList: { type: 'array', items: EpcisEvent } },
    },
  },
};

/** The path of the capture for an OpenAPI 3.1 document, with what is read of an EPCIS document. */
export function capturePaths(): Record<string, Record<string, unknown>> {
  return { [CAPTURE_PATH]: { post: operation } };
}

const operation = {
  operationId: 'capture_epcis_document',
  summary: 'Capture an EPCIS 2.0 document',
  description:
    'An EPCISDocument in JSON-LD. Object-, Aggregation- and TransactionEvents become scans, one for each item; an event ' +
    'with an errorDeclaration takes its scans back. GS1 Digital Links and EPC URNs become one form, check digits verified. ' +
    `At most ${BODY_BYTES_MAX} bytes and ${DOCUMENT_SCANS_MAX} items. Capturing a document again changes no figure.`,
  tags: ['events'],
  security: [{ bearer: [] }],
  parameters: [
    {
      name: 'source',
      in: 'query',
      description: `feed id of the scans; default: the one source of the key, or "${DEFAULT_SOURCE}"`,
      schema: { type: 'string' },
    },
    {
      name: 'dealer_id',
      in: 'query',
      description:
        'who scanned, where an event names neither place nor party; default: the one dealer of the key',
      schema: { type: 'string' },
    },
    {
      name: 'GS1-Capture-Error-Behaviour',
      in: 'header',
      description: 'rollback: one wrong event refuses the document; proceed: the others are taken',
      schema: { enum: ERROR_BEHAVIOURS, default: 'rollback' },
    },
  ],
  requestBody: {
    required: true,
    content: { [JSON_LD]: { schema: document }, [MEDIA_TYPES.json]: { schema: document } },
  },
  responses: {
    202: {
      description: 'what the document says is safe in Kafka',
      content: {
        [MEDIA_TYPES.json]: {
          schema: {
            type: 'object',
            required: ['accepted', 'retracted', 'rejected', 'ignored'],
            properties: {
              accepted: {
                type: 'integer',
                minimum: 0,
                description: 'scans that Kafka has acknowledged (acks=all)',
              },
              retracted: { type: 'integer', minimum: 0, description: 'scans that were declared errors' },
              rejected: { ...rejected, description: 'events of which nothing was taken, and why' },
              ignored: { ...rejected, description: 'events that are right and no scans of items' },
            },
          },
        },
      },
    },
    400: refusal('no valid JSON, UTF-8 or gzip; an unknown error behaviour; no source'),
    401: refusal('no key, or one that is unknown or revoked'),
    403: refusal('the key may not write what the document says', problemOfRecords),
    413: refusal(`more than ${BODY_BYTES_MAX} bytes or ${DOCUMENT_SCANS_MAX} items`),
    415: refusal('another Content-Type or Content-Encoding'),
    422: refusal('no EPCISDocument, or an event is wrong', problemOfRecords),
    429: { ...refusal('the key posts more than its rate'), headers: retryAfter },
    503: { ...refusal('Kafka is away, or the buffer is full'), headers: retryAfter },
  },
};
