import type { BizStep } from '../contract/events/scan.ts';
import type { EpcisEvent } from './event-schema.ts';

/** One item that an event names, and what the event says of it. */
export interface EpcRole {
  readonly epc: string;
  /** Where it stands in the event (JSON Pointer). */
  readonly pointer: string;
  /** The container that it goes into, is in, or comes out of. */
  readonly parent?: string;
  /** Where the form of the event says what was done, whatever its `bizStep`. */
  readonly step?: BizStep;
}

/** The items of an event of that kind. Of an aggregation they are its children, and the container that they are put into. */
export function epcsOf(event: EpcisEvent, kind: string): EpcRole[] {
  const { parentID } = event;
  const parent: EpcRole[] = parentID === undefined ? [] : [{ epc: parentID, pointer: '/parentID' }];
  if (kind !== 'AggregationEvent') {
    const items = (event.epcList ?? []).map((epc, i) => ({ epc, pointer: `/epcList/${i}` }));
    return kind === 'TransactionEvent' ? [...parent, ...items] : items;
  }
  const step = aggregationStep(event);
  const children = (event.childEPCs ?? []).map((epc, i) => ({
    epc,
    pointer: `/childEPCs/${i}`,
    ...(parentID !== undefined && { parent: parentID }),
    ...(step !== undefined && { step }),
  }));
  // A container that is emptied says so by its children; emptied wholly, it names none.
  if (event.action === 'DELETE') return children;
  return [...parent.map((one) => ({ ...one, ...(step !== undefined && { step }) })), ...children];
}

/** The items of an event that is one scan of this system: that scan's code, not the container that it names beside it. */
export function itemsOf(roles: readonly EpcRole[]): readonly EpcRole[] {
  return roles.length > 1 ? roles.filter(({ pointer }) => pointer !== '/parentID') : roles;
}

function aggregationStep({ action }: EpcisEvent): BizStep | undefined {
  if (action === 'ADD') return 'packing';
  return action === 'DELETE' ? 'unpacking' : undefined;
}
