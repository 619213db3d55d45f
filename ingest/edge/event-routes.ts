import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EventType } from '../../models/contract/event-type.ts';
import { POSTED_TYPES } from '../../models/contract/registry.ts';
import type { Permit } from '../keys/permit.ts';
import { assertMayWrite } from './authorisation.ts';
import { readBody } from './body.ts';
import { CAPTURE_PATH } from './epcis/capture-routes.ts';
import { createEventValidator, type EventValidator } from './event-validator.ts';
import { assertCanTake, authenticate, writeEvents, type IntakeOptions } from './intake.ts';
import { ProblemError } from './problem-error.ts';
import { checkRecords, REJECT_REASONS, type CheckedRecords, type Rejection } from './record-check.ts';
import { MEDIA_TYPES, readRecords } from './records.ts';

/** What a 202 says. */
export interface Accepted {
  readonly accepted: number;
  readonly rejected: readonly Rejection[];
}

/** Adds `POST /v1/events/{type}` for each posted type of the registry. */
export function addEventRoutes(app: FastifyInstance, options: IntakeOptions): void {
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
  options: IntakeOptions,
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
    await writeEvents(type, checked.accepted, options);
    options.metrics.accepted(type.type, checked.accepted.length);
    return { accepted: checked.accepted.length, rejected: checked.rejected };
  } finally {
    body.release();
  }
}

function formatOf(request: FastifyRequest): keyof typeof MEDIA_TYPES {
  return request.mediaType === MEDIA_TYPES.ndjson ? 'ndjson' : 'json';
}

function count(type: EventType, permit: Permit, checked: CheckedRecords, options: IntakeOptions): void {
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

/** Refuses what is no route: 405 for another method on a known type, 404 with the known types. */
export function refuseUnknown(request: FastifyRequest): never {
  const path = request.url.split('?', 1)[0] ?? '';
  const types = POSTED_TYPES.map(({ type }) => type);
  if (path === CAPTURE_PATH || types.some((type) => path === `/v1/events/${type}`)) {
    throw new ProblemError(405, `${request.method} is not taken here; events are posted.`, { allow: 'POST' });
  }
  throw new ProblemError(
    404,
    `Nothing is here. Events are posted to /v1/events/{type}: ${types.join(', ')}.`,
  );
}
