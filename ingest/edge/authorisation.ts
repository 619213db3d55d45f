import type { EventType, Violation } from '../../models/contract/event-type.ts';
import type { Permit } from '../keys/permit.ts';
import { ProblemError } from './problem-error.ts';

/**
 * Refuses a whole request whose key may write nothing of this type, before its body is read: a display token, or a key
 * bound to dealers for reference data or a type that is about no dealer: products and prices are not a dealer's to say,
 * and its own territory still less.
 * @throws ProblemError 403
 */
export function assertMayWrite(permit: Permit, type: EventType): void {
  if (permit.kind === 'admin') return;
  if (permit.kind === 'display') throw new ProblemError(403, 'A display token may not write events.');
  if (permit.kind === 'person') throw new ProblemError(403, 'A person’s token may not write events.');
  if (permit.dealers && (type.kind === 'reference' || !('dealer_id' in type.schema.properties))) {
    throw new ProblemError(403, `This key is bound to dealers; it may not write ${type.type} events.`);
  }
}

/** Which field of an event names something that the key may not write for; undefined when it may. */
export function findForbidden(
  permit: Permit,
  event: Readonly<Record<string, unknown>>,
): Violation | undefined {
  if (permit.kind === 'admin') return undefined;
  if (!allows(permit.sources, event['source'])) {
    return { pointer: '/source', detail: 'this key may not write for this source' };
  }
  if (permit.dealers && !allows(permit.dealers, event['dealer_id'])) {
    return { pointer: '/dealer_id', detail: 'this key may not write for this dealer_id' };
  }
  return undefined;
}

function allows(scope: ReadonlySet<string> | undefined, id: unknown): boolean {
  return scope === undefined || (typeof id === 'string' && scope.has(id));
}
