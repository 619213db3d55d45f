/** A value of a cell; null leaves it empty. */
export type Cell = string | number | boolean | null;

/** Excel takes no longer text in a cell. */
const CELL_CHARS_MAX = 32_767;

/** What may not stand in XML 1.0, and what spreadsheets would take for an escape of it (ECMA-376, ST_Xstring). */
const UNWRITABLE = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|\p{Surrogate}/gu;
const MARKUP = /[&<>]/g;
/** Most texts have nothing of both: one look for all of it is quicker than two replacements. */
const SUSPICIOUS = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff\ud800-\udfff_&<>]/;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * A row of a worksheet as XML (ECMA-376, 18.3.1.73). Numbers are numbers; texts are inline strings of the given style, so that no reader
 * takes them for formulas or numbers, nor Excel when somebody edits them.
 * @param number its row, from 1
 * @param columns the letters of its columns, from `columnNames`
 * @param text_style index of a cell format whose number format is text
 * @throws RangeError for a number that is not finite, and for a text longer than Excel takes
 */
export function rowXml(
  number: number,
  cells: readonly Cell[],
  columns: readonly string[],
  text_style: number,
): string {
  let xml = `<row r="${number}">`;
  for (const [i, cell] of cells.entries()) {
    if (cell === null) continue;
    const place = `${columns[i] ?? ''}${number}`;
    if (typeof cell === 'string') {
      if (cell.length > CELL_CHARS_MAX)
        throw new RangeError(`${place} has ${cell.length} characters; a cell takes ${CELL_CHARS_MAX}`);
      const space = cell.trim() === cell ? '' : ' xml:space="preserve"';
      xml += `<c r="${place}" s="${text_style}" t="inlineStr"><is><t${space}>${escaped(cell)}</t></is></c>`;
    } else if (typeof cell === 'number') {
      if (!Number.isFinite(cell)) throw new RangeError(`${place} is ${cell}: a cell takes a finite number`);
      xml += `<c r="${place}"><v>${cell}</v></c>`;
    } else xml += `<c r="${place}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  }
  return `${xml}</row>`;
}

/** The letters of so many columns: A … Z, AA … */
export function columnNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    let name = '';
    for (let rest = i + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
      name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
    return name;
  });
}

function escaped(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return text
    .replace(UNWRITABLE, (unit) => `_x${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(MARKUP, (sign) => ENTITIES[sign] ?? sign);
}
