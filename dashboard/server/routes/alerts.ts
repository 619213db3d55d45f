import { Type } from 'typebox';
import { Alert } from '../../../models/contract/alert.ts';
import { Id } from '../../../models/contract/fields.ts';
import { requireRight } from '../auth/access.ts';
import type { CaseEvents } from '../cases/case-events.ts';
import type { CaseResponses } from '../cases/case-responses.ts';
import type { CaseScans } from '../cases/case-scans.ts';
import type { CaseStore } from '../cases/case-store.ts';
import { CurrentCases } from '../cases/current-cases.ts';
import type { PendingMoves } from '../cases/pending-moves.ts';
import { Turns } from '../cases/turns.ts';
import type { RulesInForce } from '../evidence/evidence-files.ts';
import type { EvidenceStore } from '../evidence/evidence-store.ts';
import type { GivenPacks } from '../evidence/given-packs.ts';
import type { Api } from '../http/api.ts';
import { sendTagged } from '../http/etag.ts';
import { addAlertEvidenceRoutes } from './alert-evidence.ts';
import { addAlertGroupingRoutes } from './alert-grouping.ts';
import { addAlertListRoutes } from './alert-list.ts';
import { addAlertMoveRoutes } from './alert-moves.ts';
import { addAlertResponseRoute } from './alert-response.ts';
import { addAlertScansRoute } from './alert-scans.ts';

export interface AlertRoutes {
  readonly cases: CaseStore;
  readonly scans: Pick<CaseScans, 'list'>;
  readonly responses: Pick<CaseResponses, 'list'>;
  readonly events: CaseEvents;
  readonly evidence: Pick<EvidenceStore, 'of'>;
  readonly given: Pick<GivenPacks, 'list'>;
  /** Told in each pack. */
  readonly rules: RulesInForce;
  /** Moves that the stored cases do not show yet. */
  readonly pending: PendingMoves;
  readonly now: () => number;
}

/**
 * Cases: list, one, its scans and evidence, moving one to another state, giving one to somebody, merging some and splitting them
 * again; how fast they are detected and resolved.
 */
export function addAlertRoutes(
  api: Api,
  { cases: stored, scans, responses, events, evidence, given, rules, pending, now }: AlertRoutes,
): void {
  const cases = new CurrentCases(stored, pending);
  // One for all that changes cases: a move waits for a merge of the same case too.
  const changes = { cases, turns: new Turns(), events, now };

  addAlertListRoutes(api, { cases: stored, pending });
  addAlertResponseRoute(api, responses);
  addAlertRoute(api, cases);
  addAlertScansRoute(api, cases, scans);
  addAlertEvidenceRoutes(api, { cases, evidence, given, rules, events, now });
  addAlertMoveRoutes(api, changes);
  addAlertGroupingRoutes(api, changes);
}

function addAlertRoute(api: Api, cases: CurrentCases): void {
  api.get(
    '/v1/alerts/:id',
    {
      onRequest: requireRight('read'),
      schema: {
        tags: ['alerts'],
        summary: 'One case',
        description:
          '410 when it was withdrawn, since later data explain what it rested on, or what was said of others of its kind leaves too little of it.',
        params: Type.Object({ id: Id('alert_id') }),
        response: { 200: Alert },
      },
    },
    async (request, reply) => sendTagged(request, reply, await cases.find(request.params.id)),
  );
}
