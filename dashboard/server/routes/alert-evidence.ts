import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { Id } from '../../../models/contract/fields.ts';
import { GivenPack } from '../../../models/contract/given-pack.ts';
import { principalOf, requireRight } from '../auth/access.ts';
import { SERVER_SOURCE, type CaseEvents } from '../cases/case-events.ts';
import type { CurrentCases } from '../cases/current-cases.ts';
import { evidenceFiles, type RulesInForce } from '../evidence/evidence-files.ts';
import type { EvidenceStore } from '../evidence/evidence-store.ts';
import type { GivenPacks } from '../evidence/given-packs.ts';
import { packOf } from '../evidence/pack.ts';
import type { Api } from '../http/api.ts';
import { sendTagged, sendTaggedFile } from '../http/etag.ts';

const ZIP = 'application/zip';
const AlertId = Type.Object({ id: Id('alert_id') });

export interface AlertEvidenceRoutes {
  readonly cases: Pick<CurrentCases, 'asStored'>;
  readonly evidence: Pick<EvidenceStore, 'of'>;
  readonly given: Pick<GivenPacks, 'list'>;
  /** Told in each pack. */
  readonly rules: RulesInForce;
  readonly events: Pick<CaseEvents, 'giveOut'>;
  readonly now: () => number;
}

/** The evidence of a case, to take to whoever must be convinced by it, and who was given it. */
export function addAlertEvidenceRoutes(
  api: Api,
  { cases, evidence, given, rules, events, now }: AlertEvidenceRoutes,
): void {
  api.get(
    '/v1/alerts/:id/evidence',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'The evidence of a case as a ZIP',
        description:
          'Its scans as CSV and as EPCIS 2.0, those taken back, signals, dealers, products and prices as of then, territories as of the ' +
          'shipment with the outlines that positions were judged by, moves, rules, and a manifest ' +
          'of SHA-256, whose own SHA-256 is the header evidence-digest. The same state gives the same bytes. Checked offline ' +
          'by `npm run evidence -- verify`. Who is given one is written down first (`GET /v1/alerts/{id}/packs`): 503 while that cannot be.',
        params: AlertId,
        produces: [ZIP],
      },
    },
    async (request, reply) => {
      const stored = await cases.asStored(request.params.id);
      const { digest, bytes } = packOf(evidenceFiles(await evidence.of(stored), rules));
      void reply.header('evidence-digest', digest);
      return sendTaggedFile(request, reply, {
        name: `${stored.alert_id}-evidence.zip`,
        media_type: ZIP,
        etag: `"${digest}"`,
        content: async () => {
          await events.giveOut({
            event_id: randomUUID(),
            source: SERVER_SOURCE,
            event_time: new Date(now()).toISOString(),
            alert_id: stored.alert_id,
            state: stored.state,
            actor: principalOf(request).name,
            digest,
            size_bytes: bytes.length,
            version: rules.version,
          });
          return Buffer.from(bytes);
        },
      });
    },
  );

  api.get(
    '/v1/alerts/:id/packs',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'Who was given the evidence of a case, when, and by which digest',
        description:
          'The last first; also of a case that was withdrawn. Seconds may pass until one that has just been given shows.',
        params: AlertId,
        response: { 200: Type.Object({ items: Type.Array(GivenPack) }) },
      },
    },
    async (request, reply) => sendTagged(request, reply, { items: await given.list(request.params.id) }),
  );
}
