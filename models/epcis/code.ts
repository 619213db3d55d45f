import { digitalLink, readGs1 } from '../gs1/identifier.ts';
import { unescaped } from '../gs1/unescaped.ts';
import { OWN } from './vocabulary.ts';

/** A code as a scan has it, with what it tells of itself. */
export interface ReadEpc {
  readonly code: string;
  /** By its key alone: an SSCC or an asset says only that it is no unit. */
  readonly level: 'unit' | 'case';
  /** 14 digits; "" where the code names no product. */
  readonly gtin: string;
  readonly lot: string;
  readonly is_logistic_unit: boolean;
}

const CODE_MAX = 256;
/** GTIN-14s of groupings of trade items (a case of units) begin with 1 to 8. */
const GROUPING = /^[1-8]/;

/**
 * An EPC of a document as the code of a scan: GS1's URNs and links become the one link of `digitalLink`, check digits
 * verified; private codes and other keys stay as they are.
 * @returns what is wrong with it, where it can be none
 */
export function readEpc(uri: string, resolver: string): ReadEpc | string {
  const own = `${OWN}code:`;
  const plain = { level: 'unit', gtin: '', lot: '', is_logistic_unit: false } as const;
  if (uri.startsWith(own)) return bounded({ ...plain, code: unescaped(uri.slice(own.length)) });
  const identifier = readGs1(uri);
  if (identifier === undefined) return bounded({ ...plain, code: uri });
  if ('fault' in identifier) return identifier.fault;
  switch (identifier.key) {
    case 'sgtin':
      return bounded({
        code: digitalLink(identifier, resolver),
        level: GROUPING.test(identifier.gtin) ? 'case' : 'unit',
        gtin: identifier.gtin,
        lot: identifier.lot,
        is_logistic_unit: false,
      });
    case 'sscc':
    case 'grai':
    case 'giai':
      return bounded({
        ...plain,
        code: digitalLink(identifier, resolver),
        level: 'case',
        is_logistic_unit: true,
      });
    case 'gtin':
      return 'names a product and no item of it';
    case 'gln':
      return 'names a place and no item';
  }
}

function bounded(epc: ReadEpc): ReadEpc | string {
  return epc.code.length <= CODE_MAX ? epc : `a code has at most ${CODE_MAX} characters`;
}
