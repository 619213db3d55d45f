import { Type } from 'typebox';
import { Id } from '../../../models/contract/fields.ts';
import { requireRight } from '../auth/access.ts';
import type { CurrentCases } from '../cases/current-cases.ts';
import { evidenceFiles, type RulesInForce } from '../evidence/evidence-files.ts';
import type { EvidenceStore } from '../evidence/evidence-store.ts';
import { packOf } from '../evidence/pack.ts';
import type { Api } from '../http/api.ts';
import { sendTaggedFile } from '../http/etag.ts';

const ZIP = 'application/zip';

export interface AlertEvidenceRoute {
  readonly cases: Pick<CurrentCases, 'asStored'>;
  readonly evidence: Pick<EvidenceStore, 'of'>;
  /** Told in each pack. */
  readonly rules: RulesInForce;
}

/** The evidence of a case, to take to whoever must be convinced by it. */
export function addAlertEvidenceRoute(api: Api, { cases, evidence, rules }: AlertEvidenceRoute): void {
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
          'by `npm run evidence -- verify`.',
        params: Type.Object({ id: Id('alert_id') }),
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
        content: () => Buffer.from(bytes),
      });
    },
  );
}
