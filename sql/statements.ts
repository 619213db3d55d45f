/**
 * The statements of a `.sql` text, without their closing semicolons. A semicolon ends a statement unless it stands in
 * a quoted string or name ('…', "…", `…`, each with \ escapes and doubled quotes) or in a comment (-- … or / * … * /).
 * Pieces that hold nothing but comments and blanks are left out.
 */
export function splitStatements(text: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let hasCode = false;
  let at = 0;
  const end = (until: number): void => {
    if (hasCode) statements.push(text.slice(start, until).trim());
    start = until + 1;
    hasCode = false;
  };
  while (at < text.length) {
    const skipped = skipComment(text, at);
    if (skipped > at) {
      at = skipped;
      continue;
    }
    const char = text.charAt(at);
    if (char === ';') end(at);
    else if (char.trim() !== '') hasCode = true;
    at = isQuote(char) ? skipQuoted(text, at) : at + 1;
  }
  end(text.length);
  return statements;
}

/** Position after the comment that begins at `at`, or `at` when none does. */
function skipComment(text: string, at: number): number {
  if (text.startsWith('--', at)) return after(text, '\n', at);
  if (text.startsWith('/*', at)) return after(text, '*/', at + 2);
  return at;
}

function after(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found + mark.length;
}

function isQuote(char: string): boolean {
  return char === "'" || char === '"' || char === '`';
}

/** Position after the quoted piece that begins at `at`. A doubled quote ends one piece and begins the next: the same result. */
function skipQuoted(text: string, at: number): number {
  const quote = text.charAt(at);
  let i = at + 1;
  while (i < text.length) {
    if (text[i] === '\\') i += 2;
    else if (text[i] === quote) return i + 1;
    else i += 1;
  }
  throw new SyntaxError(`a ${quote} at character ${at} is never closed`);
}
