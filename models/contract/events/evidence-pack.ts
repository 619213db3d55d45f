import { Type, type Static } from 'typebox';
import { CASE_STATES } from '../alert.ts';
import { defineEventType } from '../event-type.ts';
import { Id, Int, Word, envelope } from '../fields.ts';

/** Somebody was given the evidence pack of a case. Written by the server before the pack leaves it; never posted from outside. */
export const evidencePack = defineEventType({
  type: 'evidence_pack',
  kind: 'internal',
  topic: 'dms.evidence_packs.v1',
  raw_table: 'raw_evidence_packs',
  core_view: 'core_evidence_packs',
  key_fields: ['alert_id'],
  schema: Type.Object(
    {
      ...envelope,
      alert_id: Id('the case'),
      state: Word(CASE_STATES, 'where the case stood'),
      actor: Id('who took the pack', 128),
      digest: Type.String({
        pattern: '^[0-9a-f]{64}$',
        description: 'SHA-256 of its manifest, hexadecimal: the header evidence-digest',
      }),
      size_bytes: Int('of the ZIP', 0),
      version: Id('version of the programs that made it'),
    },
    { additionalProperties: false },
  ),
});
export type EvidencePackEvent = Static<typeof evidencePack.schema>;
