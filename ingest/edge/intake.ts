import type { FastifyRequest } from 'fastify';
import type { EventType } from '../../models/contract/event-type.ts';
import { NotAcknowledgedError, type EventWriter, type OutgoingEvent } from '../event-writer.ts';
import { topicName } from '../kafka.ts';
import { presentedToken, type Permit } from '../keys/permit.ts';
import type { HeldBytes } from './held-bytes.ts';
import type { EdgeMetrics } from './metrics.ts';
import { ProblemError, comeAgain } from './problem-error.ts';
import type { RateLimit } from './rate-limit.ts';

/** Seconds after which to come again when Kafka is away or the edge is ending. */
const UNAVAILABLE_RETRY_S = 2;

/** What the routes that take events work with. */
export interface IntakeOptions {
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

/** Whose request it is. @throws ProblemError 401 */
export function authenticate(request: FastifyRequest, { authenticate: permitOf }: IntakeOptions): Permit {
  const token = presentedToken(request.headers);
  const permit = token === undefined ? undefined : permitOf(token);
  if (permit) return permit;
  const detail =
    token === undefined ? 'A key is needed: Authorization: Bearer <key>.' : 'The key is not known.';
  throw new ProblemError(401, detail, { 'www-authenticate': 'Bearer realm="dealerstream"' });
}

/** Refuses before the body is read, as long as that is cheap. @throws ProblemError 429, 503 */
export function assertCanTake(permit: Permit, { isStopping, writer, rateLimit }: IntakeOptions): void {
  if (isStopping()) throw comeAgain(503, 'The edge is ending; nothing was taken.', UNAVAILABLE_RETRY_S);
  const { readiness } = writer;
  if (!readiness.ready) throw comeAgain(503, `${readiness.reason}; nothing was taken.`, UNAVAILABLE_RETRY_S);
  const wait_s = rateLimit.wait_s(permit.key_id);
  if (wait_s > 0)
    throw comeAgain(429, 'This key posts more events a second than it may; nothing was taken.', wait_s);
}

/** Resolves when Kafka has acknowledged all of them. @throws ProblemError 503 when it has not. */
export async function writeEvents(
  type: EventType,
  events: readonly OutgoingEvent[],
  options: IntakeOptions,
): Promise<void> {
  try {
    await options.writer.write(topicName(type.topic, options.topicPrefix), events);
  } catch (error) {
    if (!(error instanceof NotAcknowledgedError)) throw error;
    const detail = `${error.message}; post the same events again: with their ids they count once, whatever was stored.`;
    throw comeAgain(503, detail, UNAVAILABLE_RETRY_S);
  }
}
