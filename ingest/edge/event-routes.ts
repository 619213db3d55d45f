import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EventType } from '../../models/contract/event-type.ts';
import { POSTED_TYPES } from '../../models/contract/registry.ts';
import { topicName } from '../kafka.ts';
import { presentedToken, type Permit } from '../keys/permit.ts';
import { assertMayWrite } from './authorisation.ts';
import { readBody } from './body.ts';
import { createEventValidator, type EventValidator } from './event-validator.ts';
import { NotAcknowledgedError, type EventWriter } from '../event-writer.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { EdgeMetrics } from './metrics.ts';
import { ProblemError, comeAgain } from './problem-error.ts';
import type { RateLimit } from './rate-limit.ts';
import { checkRecords, REJECT_REASONS, type CheckedRecords, type Rejection } from './record-check.ts';
import { MEDIA_TYPES, readRecords } from './records.ts';

/** Seconds after which to come again when Kafka is away or the edge is ending. */
const UNAVAILABLE_RETRY_S = 2;

/** What the routes work with. */
export interface EventRouteOptions {
  readonly topicPrefix: string;
  readonly authenticate: (token: string) => Permit | undefined;
  readonly writer: Pick<EventWriter, 'write' | 'readiness'>;
  readonly held: HeldBytes;
  readonly rateLimit: RateLimit;
  readonly metrics: EdgeMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly isStopping: () => boolean;
}

/** What a 202 says. */
export interface Accepted {
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
}

/** Adds `POST /v1/events/{type}` for each posted type of the registry. */
export function addEventRoutes(app: FastifyInstance, options: EventRouteOptions): void {
  for (const type of POSTED_TYPES) {
    const validate = createEventValidator(type);
    app.post(`/v1/events/${type.type}`, async (request, reply) =>
      reply.code(202).send(await takeEvents(type, validate, request, options)),
    );
  }
}

/** The life of a request: who, may they, is there room → read → parse → check → write → answer. */
async function takeEvents(
  type: EventType,
  validate: EventValidator,
  request: FastifyRequest,
  options: EventRouteOptions,
): Promise<Accepted> {
  const permit = authenticate(request, options);
  assertMayWrite(permit, type);
  assertCanTake(permit, options);
  const body = await readBody(request.raw, options.held);
  try {
    const records = readRecords(body.bytes, formatOf(request));
    const checked = await checkRecords(records, validate, permit, options.now());
    count(type, permit, checked, options);
    assertAnyAccepted(checked);
    await write(type, checked, options);
    options.metrics.accepted(type.type, checked.accepted.length);
    return { accepted: checked.accepted.length, rejected: checked.rejected };
  } finally {
    body.release();
  }
}

function authenticate(request: FastifyRequest, { authenticate: permitOf }: EventRouteOptions): Permit {
  const token = presentedToken(request.headers);
  const permit = token === undefined ? undefined : permitOf(token);
  if (permit) return permit;
  const detail =
    token === undefined ? 'A key is needed: Authorization: Bearer <key>.' : 'The key is not known.';
  throw new ProblemError(401, detail, { 'www-authenticate': 'Bearer realm="dealerstream"' });
}

/** Refuses before the body is read, as long as that is cheap. */
function assertCanTake(permit: Permit, { isStopping, writer, rateLimit }: EventRouteOptions): void {
  if (isStopping()) throw comeAgain(503, 'The edge is ending; nothing was taken.', UNAVAILABLE_RETRY_S);
  const { readiness } = writer;
  if (!readiness.ready) throw comeAgain(503, `${readiness.reason}; nothing was taken.`, UNAVAILABLE_RETRY_S);
  const wait_s = rateLimit.wait_s(permit.key_id);
  if (wait_s > 0)
    throw comeAgain(429, 'This key posts more events a second than it may; nothing was taken.', wait_s);
}

function formatOf(request: FastifyRequest): keyof typeof MEDIA_TYPES {
  return request.mediaType === MEDIA_TYPES.ndjson ? 'ndjson' : 'json';
}

function count(type: EventType, permit: Permit, checked: CheckedRecords, options: EventRouteOptions): void {
  options.rateLimit.charge(permit.key_id, checked.accepted.length + checked.rejected.length);
  for (const reason of REJECT_REASONS) options.metrics.rejected(type.type, reason, checked.reasons[reason]);
}

/** 403 when the key is all that stands against every record, 422 when none was valid. */
function assertAnyAccepted({ accepted, rejected, errors, reasons }: CheckedRecords): void {
  if (accepted.length > 0) return;
  if (reasons.forbidden === rejected.length) {
    throw new ProblemError(403, 'This key may write none of these events.', {}, { errors, rejected });
  }
  const detail = rejected.length === 1 ? 'The event is not valid.' : 'None of the events is valid.';
  throw new ProblemError(422, detail, {}, { errors, rejected });
}

async function write(
  type: EventType,
  { accepted }: CheckedRecords,
  options: EventRouteOptions,
): Promise<void> {
  try {
    await options.writer.write(topicName(type.topic, options.topicPrefix), accepted);
  } catch (error) {
    if (!(error instanceof NotAcknowledgedError)) throw error;
    const detail = `${error.message}; post the same events again: with their ids they count once, whatever was stored.`;
    throw comeAgain(503, detail, UNAVAILABLE_RETRY_S);
  }
}

/** Refuses what is no route: 405 for another method on a known type, 404 with the known types. */
export function refuseUnknown(request: FastifyRequest): never {
  const path = request.url.split('?', 1)[0] ?? '';
  const types = POSTED_TYPES.map(({ type }) => type);
  if (types.some((type) => path === `/v1/events/${type}`)) {
    throw new ProblemError(405, `${request.method} is not taken here; events are posted.`, { allow: 'POST' });
  }
  throw new ProblemError(
    404,
    `Nothing is here. Events are posted to /v1/events/{type}: ${types.join(', ')}.`,
  );
}
