/** Where a text stops being the beginning of any JSON value, as an offset in UTF-16 code units; its length if it just ends. */
export interface JsonError {
  readonly position: number;
  readonly atEnd: boolean;
}

/**
 * Finds what `JSON.parse` refuses: V8 tells the position in some of its messages only. Call it with a text that did not
 * parse; undefined means that RFC 8259 allows it. Time grows with the text's length, the stack does not with its nesting.
 */
export function findJsonError(text: string): JsonError | undefined {
  const scanner = new Scanner(text);
  const valid = scanner.value();
  return valid ? undefined : { position: scanner.position, atEnd: scanner.position >= text.length };
}

const LITERALS = ['true', 'false', 'null'] as const;
const isDigit = (c: string): boolean => c >= '0' && c <= '9' && c.length === 1;

/** Each method consumes what it names and returns true, or stops at the first character that is not part of it: false. */
class Scanner {
  position = 0;
  readonly #text: string;
  /** The closing brackets of the objects and arrays that are open. */
  readonly #open: ('}' | ']')[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  /** One value and nothing behind it. */
  value(): boolean {
    this.#blank();
    for (;;) {
      if (this.#opening()) {
        if (this.#open.at(-1) === '}' && !this.#field()) return false;
        continue;
      }
      if (!this.#scalarOrEmpty()) return false;
      if (!this.#following()) return false;
      if (this.#open.length === 0) return this.position === this.#text.length;
    }
  }

  /** An opening bracket with something in it. */
  #opening(): boolean {
    const start = this.position;
    const isObject = this.#char() === '{';
    if (!isObject && this.#char() !== '[') return false;
    this.#next();
    if (this.#char() === (isObject ? '}' : ']')) {
      this.position = start;
      return false;
    }
    this.#open.push(isObject ? '}' : ']');
    return true;
  }

  #scalarOrEmpty(): boolean {
    const c = this.#char();
    if (c === '{' || c === '[') {
      this.#next();
      this.position++;
      return true;
    }
    if (c === '"') return this.#string();
    if (c === '-' || isDigit(c)) return this.#number();
    const literal = LITERALS.find((word) => word.startsWith(c) && c !== '');
    return literal !== undefined && this.#word(literal);
  }

  /** After a value: closing brackets, then a comma (and a field name in an object), unless all is closed. */
  #following(): boolean {
    this.#blank();
    for (let close = this.#open.at(-1); close !== undefined; close = this.#open.at(-1)) {
      if (this.#char() === close) {
        this.#open.pop();
        this.#next();
        continue;
      }
      if (this.#char() !== ',') return false;
      this.#next();
      return close === ']' || this.#field();
    }
    return true;
  }

  /** A field's name and its colon. */
  #field(): boolean {
    if (!this.#string()) return false;
    this.#blank();
    if (this.#char() !== ':') return false;
    this.#next();
    return true;
  }

  #string(): boolean {
    if (this.#char() !== '"') return false;
    this.position++;
    for (let c = this.#char(); c !== '"'; c = this.#char()) {
      if (c === '' || c < ' ') return false;
      this.position++;
      if (c === '\\' && !this.#escape()) return false;
    }
    this.position++;
    return true;
  }

  #escape(): boolean {
    const c = this.#char();
    if (c === '' || !'"\\/bfnrtu'.includes(c)) return false;
    this.position++;
    for (let digits = c === 'u' ? 4 : 0; digits > 0; digits--, this.position++) {
      if (!/^[0-9a-fA-F]$/.test(this.#char())) return false;
    }
    return true;
  }

  #number(): boolean {
    if (this.#char() === '-') this.position++;
    if (this.#char() === '0') this.position++;
    else if (!this.#digits()) return false;
    if (this.#char() === '.') {
      this.position++;
      if (!this.#digits()) return false;
    }
    if (this.#char() === 'e' || this.#char() === 'E') {
      this.position++;
      if (this.#char() === '+' || this.#char() === '-') this.position++;
      return this.#digits();
    }
    return true;
  }

  #digits(): boolean {
    const start = this.position;
    while (isDigit(this.#char())) this.position++;
    return this.position > start;
  }

  #word(word: string): boolean {
    for (const letter of word) {
      if (this.#char() !== letter) return false;
      this.position++;
    }
    return true;
  }

  #next(): void {
    this.position++;
    this.#blank();
  }

  #blank(): void {
    while (' \t\n\r'.includes(this.#char()) && this.position < this.#text.length) this.position++;
  }

  /** The character at the position; "" at the end. */
  #char(): string {
    return this.#text.charAt(this.position);
  }
}
