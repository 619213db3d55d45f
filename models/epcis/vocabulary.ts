import type { BizStep } from '../contract/events/scan.ts';

/** Names that EPCIS lacks: those of this contract, under a prefix of the document's context. */
export const OWN = 'urn:dealerstream:';
/** GS1's context of EPCIS 2.0 (GS1 EPCIS 2.0, section 10: JSON/JSON-LD bindings). */
export const EPCIS_CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld';

/**
 * The steps of the Core Business Vocabulary 2.0 that move goods or begin and end their life here. Any other step is a
 * reading on the way, `inspecting`: it says where a code was, and nothing of whose it is.
 */
const STEPS: ReadonlyMap<string, BizStep> = new Map([
  ['commissioning', 'commissioning'],
  ['creating_class_instance', 'commissioning'],
  ['encoding', 'commissioning'],
  ['packing', 'packing'],
  ['unpacking', 'unpacking'],
  ['shipping', 'shipping'],
  ['consigning', 'shipping'],
  // Goods that were said to be shipped, and were not.
  ['void_shipping', 'returning'],
  ['receiving', 'receiving'],
  ['accepting', 'receiving'],
  ['stock_taking', 'stock_taking'],
  ['cycle_counting', 'stock_taking'],
  ['retail_selling', 'retail_selling'],
  ['dispensing', 'retail_selling'],
  // Of this contract.
  ['consumer_scan', 'consumer_scan'],
  ['returning', 'returning'],
]);
const ON_THE_WAY: BizStep = 'inspecting';

/** The step of this contract that comes nearest to one of the vocabulary, in any of the forms of `bareWord`. */
export function bizStepOf(step: string): BizStep {
  return STEPS.get(bareWord(step)) ?? ON_THE_WAY;
}

/**
 * A word of the vocabulary, whichever way it is written: `shipping`, `cbv:BizStep-shipping`,
 * `https://ref.gs1.org/cbv/BizStep-shipping` or `urn:epcglobal:cbv:bizstep:shipping`.
 */
export function bareWord(word: string): string {
  const last = word.split(/[/:]/).at(-1) ?? '';
  return last.replace(/^(?:BizStep|SDT|ER)-/i, '').toLowerCase();
}
