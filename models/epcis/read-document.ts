import { readGs1 } from '../gs1/identifier.ts';
import { readEpc } from './code.ts';
import type { EpcisDocument, EpcisEvent } from './event-schema.ts';
import { OWN } from './vocabulary.ts';

/** The contents of a container, as far as scans of the container need them. */
export interface Contents {
  readonly gtin: string;
  readonly holds_logistic_units: boolean;
}

/** The prefix that a document's context gives to this contract's names; `dms` where it gives none. */
export function ownPrefixOf(document: EpcisDocument): string {
  const context = document['@context'];
  for (const part of Array.isArray(context) ? (context as unknown[]) : [context]) {
    if (typeof part !== 'object' || part === null) continue;
    for (const [prefix, uri] of Object.entries(part)) if (uri === OWN) return prefix;
  }
  return 'dms';
}

/**
 * What the aggregations of a document say of their containers: a scan of the container alone names no product.
 * @param resolver as in `readEpc`
 */
export function contentsOf(events: readonly EpcisEvent[], resolver: string): ReadonlyMap<string, Contents> {
  const contents = new Map<string, Contents>();
  for (const event of events) {
    const { parentID, childEPCs = [], childQuantityList = [] } = event;
    if (parentID === undefined || childEPCs.length + childQuantityList.length === 0) continue;
    const parent = readEpc(parentID, resolver);
    if (typeof parent === 'string') continue;
    const children = childEPCs.map((epc) => readEpc(epc, resolver)).filter((epc) => typeof epc !== 'string');
    const known = contents.get(parent.code);
    contents.set(parent.code, {
      gtin: known?.gtin || (children.find(({ gtin }) => gtin !== '')?.gtin ?? productOf(event)),
      holds_logistic_units:
        known?.holds_logistic_units === true || children.some(({ is_logistic_unit: is }) => is),
    });
  }
  return contents;
}

/** The product that quantities beside the items name. */
export function productOf(event: EpcisEvent): string {
  for (const { epcClass } of [...(event.quantityList ?? []), ...(event.childQuantityList ?? [])]) {
    const gtin = gtinOfClass(epcClass);
    if (gtin !== '') return gtin;
  }
  return '';
}

function gtinOfClass(epcClass: string): string {
  const identifier = readGs1(epcClass);
  if (identifier === undefined || 'fault' in identifier) return '';
  return identifier.key === 'gtin' || identifier.key === 'sgtin' ? identifier.gtin : '';
}
