/** What a phone reads off a label, made out as far as the page needs it. */
export interface ReadCode {
  /** As it is sent. */
  readonly code: string;
  readonly level: 'unit' | 'case';
  /** What all items of one product share: the code without its serial number; "" for a container or a private code. */
  readonly product: string;
}

/** Group separator of GS1 element strings. */
const GS = '\u001d';
/** GS1's own resolver, to which an element string of a Data Matrix or a Code 128 belongs (GS1 Digital Link, canonical form). */
const RESOLVER = 'https://id.gs1.org';
/** EAN, UPC: they name a product, and no item of it. */
const PRODUCT_ONLY = /^\d{8}$|^\d{12,14}$/;
const ITEM = /^(.*\/01\/(\d{14}))(?:\/.*)?\/21\/[^/?#]+/;
const CONTAINER = /\/00\/\d{18}(?:[/?#]|$)/;
const EPC_ITEM = /^(urn:epc:id:sgtin:\d+\.\d+)\.[^.]+$/;
const EPC_CONTAINER = /^urn:epc:id:sscc:/;
const CODE_MAX = 256;

/** Null for what names no item: nothing, a product's barcode, more than the contract takes. */
export function readCode(text: string): ReadCode | null {
  const code = linkOf(text.trim());
  if (code === '' || code.length > CODE_MAX || PRODUCT_ONLY.test(code)) return null;
  if (CONTAINER.test(code) || EPC_CONTAINER.test(code)) return { code, level: 'case', product: '' };
  const product = ITEM.exec(code)?.[2] ?? EPC_ITEM.exec(code)?.[1] ?? '';
  return { code, level: 'unit', product };
}

/** A GS1 element string as a Digital Link; anything else as it is. */
function linkOf(text: string): string {
  const elements = text.replace(/^\](?:d2|C1|Q3|e0)/, '').replace(/^\u001d/, '');
  const sscc = /^00(\d{18})/.exec(elements)?.[1];
  if (sscc !== undefined) return `${RESOLVER}/00/${sscc}`;
  const gtin = /^01(\d{14})/.exec(elements)?.[1];
  if (gtin === undefined) return text;
  const serial = serialIn(elements.slice(16));
  return serial === undefined ? text : `${RESOLVER}/01/${gtin}/21/${encodeURIComponent(serial)}`;
}

/** The serial number (21) behind dates (11, 13, 15, 17) and a lot (10), in any order. */
function serialIn(elements: string): string | undefined {
  let rest = elements;
  while (rest !== '') {
    const date = /^1[1357]\d{6}/.exec(rest)?.[0];
    if (date !== undefined) {
      rest = rest.slice(date.length);
      continue;
    }
    const [part = ''] = rest.split(GS);
    if (part.startsWith('21') && part.length > 2) return part.slice(2);
    if (!part.startsWith('10')) return undefined;
    rest = rest.slice(part.length + GS.length);
  }
  return undefined;
}
