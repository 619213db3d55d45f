import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { scan } from '../../../models/contract/events/scan.ts';
import { scanRetraction } from '../../../models/contract/events/scan-retraction.ts';
import type { Permit } from '../../keys/permit.ts';
import { assertMayWrite } from '../authorisation.ts';
import { readBody } from '../body.ts';
import { assertCanTake, authenticate, writeEvents, type IntakeOptions } from '../intake.ts';
import { ProblemError, comeAgain } from '../problem-error.ts';
import { REJECT_REASONS, type Rejection } from '../record-check.ts';
import { readRecords, type PostedRecord } from '../records.ts';
import { captureDocument, type Captured } from './capture.ts';

export const CAPTURE_PATH = '/v1/epcis/capture';
/** The media type of JSON-LD, beside plain JSON. */
export const JSON_LD = 'application/ld+json';
/** EPCIS 2.0, section 12.6: whether a document with a wrong event is refused whole (the default), or taken without it. */
const ERROR_BEHAVIOUR_HEADER = 'gs1-capture-error-behaviour';
export const ERROR_BEHAVIOURS = ['rollback', 'proceed'] as const;
type ErrorBehaviour = (typeof ERROR_BEHAVIOURS)[number];
/** Feed id of what is captured with a key that may write for every source, unless `?source=` says another. */
export const DEFAULT_SOURCE = 'epcis';
const FULL_RETRY_S = 1;

export interface CaptureRouteOptions extends IntakeOptions {
  /** Scheme and domain of the Digital Links that codes become. */
  readonly resolver: string;
  readonly products: { readonly skuOf: (gtin: string) => string | undefined };
}

/** What a 202 says. */
export interface CaptureAnswer {
  /** Scans that Kafka has acknowledged. */
  readonly accepted: number;
  /** Scans that were declared errors. */
  readonly retracted: number;
  readonly rejected: readonly Rejection[];
  readonly ignored: readonly Rejection[];
}

/** Adds `POST /v1/epcis/capture`. The edge has taught the application to hand on a body of `JSON_LD`. */
export function addCaptureRoute(app: FastifyInstance, options: CaptureRouteOptions): void {
  app.post<{ Querystring: { source?: string; dealer_id?: string } }>(CAPTURE_PATH, async (request, reply) =>
    takeDocument(request, reply, options),
  );
}

type CaptureRequest = FastifyRequest<{ Querystring: { source?: string; dealer_id?: string } }>;

async function takeDocument(
  request: CaptureRequest,
  reply: FastifyReply,
  options: CaptureRouteOptions,
): Promise<CaptureAnswer> {
  const permit = authenticate(request, options);
  assertMayWrite(permit, scan);
  assertCanTake(permit, options);
  const behaviour = behaviourOf(request);
  const source = sourceOf(request, permit);
  const dealer_id = request.query.dealer_id ?? onlyOne(permit.kind === 'admin' ? undefined : permit.dealers);
  const body = await readBody(request.raw, options.held);
  let made_bytes = 0;
  try {
    const captured = await captureDocument(documentOf(readRecords(body.bytes, 'json')), {
      source,
      ...(dealer_id !== undefined && { dealer_id }),
      resolver: options.resolver,
      skuOf: (gtin) => options.products.skuOf(gtin),
      permit,
      now_ms: options.now(),
    });
    count(permit, captured, options);
    assertTaken(captured, behaviour);
    const { scans, retractions } = captured;
    // A document names its items shorter than the scans that they become.
    made_bytes = [...scans, ...retractions].reduce((sum, { value }) => sum + value.length, 0);
    if (!options.held.tryTake(made_bytes)) {
      made_bytes = 0;
      throw comeAgain(503, 'The edge holds as much as it can; nothing was taken.', FULL_RETRY_S);
    }
    if (scans.length > 0) await writeEvents(scan, scans, options);
    if (retractions.length > 0) await writeEvents(scanRetraction, retractions, options);
    options.metrics.accepted(scan.type, scans.length);
    options.metrics.accepted(scanRetraction.type, retractions.length);
    void reply.code(202).header(ERROR_BEHAVIOUR_HEADER, behaviour);
    const { rejected, ignored } = captured;
    return { accepted: scans.length, retracted: retractions.length, rejected, ignored };
  } finally {
    body.release();
    options.held.release(made_bytes);
  }
}

/** The body's one value: a list of documents is no document, and is refused as what it is, not read as its first. */
function documentOf(records: Iterable<PostedRecord>): unknown {
  const all = [...records];
  const [record] = all;
  if (record !== undefined && 'repeated' in record) {
    const errors = [
      { pointer: record.repeated, detail: 'is there twice, so that nobody can know which is meant' },
    ];
    throw new ProblemError(422, 'The document has a name twice in one object.', {}, { errors });
  }
  return record?.isBody === true && 'value' in record ? record.value : all;
}

function behaviourOf({ headers }: FastifyRequest): ErrorBehaviour {
  const told = headers[ERROR_BEHAVIOUR_HEADER] ?? 'rollback';
  const behaviour = ERROR_BEHAVIOURS.find((one) => one === told);
  if (behaviour !== undefined) return behaviour;
  throw new ProblemError(400, `GS1-Capture-Error-Behaviour is one of ${ERROR_BEHAVIOURS.join(', ')}.`);
}

function sourceOf({ query }: CaptureRequest, permit: Permit): string {
  if (query.source !== undefined) return query.source;
  const sources = permit.kind === 'admin' ? undefined : permit.sources;
  if (sources === undefined) return DEFAULT_SOURCE;
  const only = onlyOne(sources);
  if (only !== undefined) return only;
  throw new ProblemError(400, 'This key may write for several sources: ?source= says for which one.');
}

function onlyOne(ids: ReadonlySet<string> | undefined): string | undefined {
  return ids?.size === 1 ? [...ids][0] : undefined;
}

function count(
  permit: Permit,
  { scans, retractions, rejected, reasons }: Captured,
  options: IntakeOptions,
): void {
  options.rateLimit.charge(permit.key_id, scans.length + retractions.length + rejected.length);
  for (const reason of REJECT_REASONS) options.metrics.rejected(scan.type, reason, reasons[reason]);
}

/** 403 when the key is all that stands against every event, 422 when one is wrong and the document is to be taken whole. */
function assertTaken(captured: Captured, behaviour: ErrorBehaviour): void {
  const { scans, retractions, rejected, errors, reasons } = captured;
  const taken = scans.length + retractions.length;
  if (rejected.length === 0 || (behaviour === 'proceed' && taken > 0)) return;
  const members = { errors, rejected };
  if (reasons.forbidden === rejected.length) {
    throw new ProblemError(
      403,
      'This key may not write what the document says; nothing was taken.',
      {},
      members,
    );
  }
  throw new ProblemError(
    422,
    `${rejected.length} events of the document are wrong; nothing was taken.`,
    {},
    members,
  );
}
